import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const neverInputs = new Set(['node_modules', 'dist', '.cache', '.data', '.git', 'test-results']);

/** A hash over the content and the names of all files under `paths` (files or folders; missing ones count as absent). */
export function hashContents(base, paths, extra = '') {
  return hashFiles(base, paths, (path) => readFileSync(path), extra);
}

/** A cheaper hash, over names, sizes and times of change: whether somebody touched what a step made. */
export function hashStats(base, paths) {
  return hashFiles(base, paths, (path) => {
    const { size, mtimeMs } = statSync(path);
    return `${size} ${mtimeMs}`;
  });
}

function hashFiles(base, paths, describe, extra = '') {
  const hash = createHash('sha256').update(extra);
  for (const path of [...new Set(paths)].toSorted(byCodePoint)) {
    for (const file of listFiles(base, path)) {
      hash.update(`\0${file}\0`).update(describe(join(base, file)));
    }
  }
  return hash.digest('hex');
}

/** The same order on every machine, whatever its language. */
function byCodePoint(a, b) {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The files at or below `path`, sorted, relative to `base`. What is asked for by name is never left out. */
function listFiles(base, path) {
  const stat = statSync(join(base, path), { throwIfNoEntry: false });
  if (!stat) return [];
  if (!stat.isDirectory()) return [path];
  return readdirSync(join(base, path))
    .filter((name) => !neverInputs.has(name))
    .toSorted(byCodePoint)
    .flatMap((name) => listFiles(base, join(path, name)));
}

/** What the last successful run of a step was made from and made, or undefined. */
export function readStamp(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

export function writeStamp(path, stamp) {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(stamp));
  renameSync(temporary, path);
}

export function removeStamp(path) {
  rmSync(path, { force: true });
}
