export interface SqlStatement {
  /** As the file has it, comments before it included, without its semicolon. */
  sql: string;
  /** Line of the file where `sql` begins, from 1. */
  line: number;
  /** Line of its first word that is no comment. */
  codeLine: number;
  /** From its first word on; empty for a comment that ends the file. */
  code: string;
}

const word = /[\p{L}\p{N}_$]/u;

/**
 * Splits a migration at its semicolons, not at those in strings, dollar quotes, comments, brackets
 * or a BEGIN ATOMIC body: into the same statements that the Supabase CLI records.
 */
export function splitStatements(text: string): SqlStatement[] {
  const statements: SqlStatement[] = [];
  const lineAt = lineCounter(text);
  let start = 0;
  let codeStart = -1;
  let depth = 0;
  let atomicDepth = 0;
  let previousWord = '';

  const finish = (end: number) => {
    const sql = text.slice(start, end).trim();
    if (sql !== '') {
      const sqlStart = text.indexOf(sql, start);
      const at = codeStart < 0 ? end : codeStart;
      statements.push({
        sql,
        line: lineAt(sqlStart),
        codeLine: lineAt(codeStart < 0 ? sqlStart : codeStart),
        code: text.slice(at, end).trim(),
      });
    }
    start = end + 1;
    codeStart = -1;
    depth = 0;
    atomicDepth = 0;
    previousWord = '';
  };

  for (let at = 0; at < text.length;) {
    const afterComment = skipComment(text, at);
    if (afterComment > at) {
      at = afterComment;
      continue;
    }
    const character = text.charAt(at);
    if (character === ';' && depth === 0 && atomicDepth === 0) {
      finish(at);
      at += 1;
      continue;
    }
    if (codeStart < 0 && !/\s/.test(character)) {
      codeStart = at;
    }
    const afterQuote = skipQuoted(text, at);
    if (afterQuote > at) {
      at = afterQuote;
    } else if (word.test(character)) {
      const end = endOfWord(text, at);
      const found = text.slice(at, end).toLowerCase();
      // CASE … END inside the body must not end it.
      if ((found === 'atomic' && previousWord === 'begin') || (atomicDepth > 0 && found === 'case')) {
        atomicDepth += 1;
      } else if (atomicDepth > 0 && found === 'end') {
        atomicDepth -= 1;
      }
      previousWord = found;
      at = end;
    } else {
      depth = Math.max(0, depth + (character === '(' ? 1 : character === ')' ? -1 : 0));
      at += 1;
    }
  }
  finish(text.length);
  return statements;
}

function skipComment(text: string, at: number): number {
  if (text.startsWith('--', at)) {
    const end = text.indexOf('\n', at);
    return end < 0 ? text.length : end + 1;
  }
  if (!text.startsWith('/*', at)) {
    return at;
  }
  const edge = /\/\*|\*\//g;
  edge.lastIndex = at;
  for (let depth = 0, found = edge.exec(text); found; found = edge.exec(text)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) {
      return edge.lastIndex;
    }
  }
  return text.length;
}

/** The end of the string, quoted name or dollar quote that begins at `at`; `at` when none does. */
function skipQuoted(text: string, at: number): number {
  const opening = stickyMatch(/[eE]'|'|"|\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy, text, at);
  if (opening === null) {
    return at;
  }
  if (opening.startsWith('$')) {
    return endAfter(text, opening, at + opening.length);
  }
  if (opening.length === 2) {
    return at + (stickyMatch(/[eE]'(?:\\[^]|''|[^'\\])*'?/y, text, at)?.length ?? 2);
  }
  // A doubled quote reads as two strings side by side, which ends at the same place.
  return endAfter(text, opening, at + 1);
}

function endAfter(text: string, closing: string, from: number): number {
  const end = text.indexOf(closing, from);
  return end < 0 ? text.length : end + closing.length;
}

function endOfWord(text: string, at: number): number {
  return at + (stickyMatch(/[\p{L}\p{N}_$]+/uy, text, at)?.length ?? 1);
}

function stickyMatch(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

function lineCounter(text: string): (offset: number) => number {
  let line = 1;
  let counted = 0;
  return (offset) => {
    // Statements come in order, their parts not quite: step back by counting anew.
    if (offset < counted) {
      line = 1;
      counted = 0;
    }
    for (let at = text.indexOf('\n', counted); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
      line += 1;
      counted = at + 1;
    }
    return line;
  };
}
