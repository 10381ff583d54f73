import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** What every page loads before its own script, at most: 130 KiB, packed as the server packs it. */
export const FIRST_LOAD_BUDGET_BYTES = 130 * 1024;

const gzipBytes = (content) => gzipSync(content, { level: 9 }).length;
// As the bundler writes them: `import{a as b}from"./x.js"`, `import"./x.js"`, `export*from"./x.js"`; not `import(…)`.
const staticImport = /(?:import|export)(?:[\w*\s{},$]+from)?\s*["']\.\/([^"']+\.js)["']/g;

/**
 * The scripts of the built dashboard in `directory` with their sizes in bytes, gzipped: those that index.html asks for
 * and whatever they import, and all others, which come with a page or a dialog. The largest first.
 */
export function measureScripts(directory) {
  const html = readFileSync(join(directory, 'index.html'), 'utf8');
  const waiting = [...html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map(([, path]) => path);
  const first = new Map();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (first.has(path)) continue;
    const content = readFileSync(join(directory, path));
    first.set(path, gzipBytes(content));
    waiting.push(...[...content.toString().matchAll(staticImport)].map(([, name]) => `assets/${basename(name)}`));
  }
  const later = readdirSync(join(directory, 'assets'))
    .filter((name) => name.endsWith('.js') && !first.has(`assets/${name}`))
    .map((name) => [`assets/${name}`, gzipBytes(readFileSync(join(directory, 'assets', name)))]);
  return { first: toList([...first]), later: toList(later) };
}

function toList(entries) {
  return entries.map(([path, bytes]) => ({ path, bytes })).toSorted((a, b) => b.bytes - a.bytes);
}

/** The sum of a list of scripts, in bytes. */
export function totalBytes(scripts) {
  return scripts.reduce((sum, { bytes }) => sum + bytes, 0);
}
