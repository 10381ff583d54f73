import type { Grant } from './catalog.ts';

/** A table of GitHub's Markdown; `|` and line breaks inside cells are taken care of. */
export function markdownTable(head: string[], rows: string[][]): string {
  const line = (cells: string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text as code, or a dash when there is none. */
export function code(text: string | null): string {
  return text === null || text === '' ? '–' : `\`${text}\``;
}

/** `authenticated: select; service_role: select, insert`. */
export function grantsText(grants: Grant[]): string {
  return grants.map(({ grantee, privileges }) => `\`${grantee}\` ${privileges.join(', ').toLowerCase()}`).join('; ');
}

/** Replaces what stands between the two marks of a generated part. Raises when the page has no such part. */
export function replacePart(page: string, name: string, content: string): string {
  const begin = `<!-- begin generated: ${name} -->`;
  const end = `<!-- end generated: ${name} -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) {
    throw new Error(`The page has no part between ${begin} and ${end}.`);
  }
  return `${page.slice(0, from + begin.length)}\n\n${content.trim()}\n\n${page.slice(to)}`;
}
