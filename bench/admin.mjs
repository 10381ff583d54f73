import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { FIRST_LOAD_BUDGET_BYTES, measureScripts, totalBytes } from '../scripts/first-load.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const print = (line) => process.stdout.write(`${line}\n`);
const sizes = (scripts) => scripts.forEach(({ path, bytes }) => print(`${String(bytes).padStart(9)}  ${path}`));

const { first, later } = measureScripts(`${root}apps/admin/dist`);
print('What every page loads first, in bytes, gzipped:');
sizes(first);
print(`${String(totalBytes(first)).padStart(9)}  in all, of ${FIRST_LOAD_BUDGET_BYTES}\n`);
print('What comes with a page or a dialog:');
sizes(later);
print('\nPages, in a browser, signed in, on the demo data:');
const cli = `${root}node_modules/@playwright/test/cli.js`;
const run = spawn(process.execPath, [cli, 'test', '-c', `${root}apps/admin/e2e/figures.config.ts`, '--reporter=line'], {
  stdio: 'inherit',
});
const [exitCode] = await once(run, 'exit');
process.exitCode = exitCode ?? 1;
