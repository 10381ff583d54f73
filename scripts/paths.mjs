import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Below node_modules, so that removing node_modules also forgets that it was complete. */
export const stampDir = join(root, 'node_modules/.cache/reeldesk');

/** Not below node_modules, which an installation may replace while the lock is held. */
export const lockPath = join(root, '.cache/reeldesk/set-up.lock');

/** The absolute path of a script in the project; run by node itself, so that no shell or `.cmd` is between. */
export const script = (path) => join(root, path);

/**
 * How to run pnpm: the pnpm that started us, else the `npx` of the npm at hand.
 * Returns the command and its first arguments.
 */
export function findPnpm(env = process.env) {
  const startedBy = env.npm_execpath ?? '';
  if ((env.npm_config_user_agent ?? '').startsWith('pnpm/') && startedBy !== '') {
    return /\.[cm]?js$/.test(startedBy) ? [process.execPath, startedBy] : [startedBy];
  }
  const candidates = [
    ...(startedBy.endsWith('npm-cli.js') ? [join(dirname(startedBy), 'npx-cli.js')] : []),
    join(dirname(process.execPath), '../lib/node_modules/npm/bin/npx-cli.js'),
    join(dirname(process.execPath), 'node_modules/npm/bin/npx-cli.js'),
  ];
  const npx = candidates.find((path) => existsSync(path));
  return [...(npx ? [process.execPath, npx] : ['npx']), '-y', 'pnpm@12'];
}
