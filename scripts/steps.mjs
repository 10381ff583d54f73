import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runChild, throwIfInterrupted } from './child.mjs';
import { explainInstallFailure } from './install-failure.mjs';
import { hashContents, hashStats, readStamp, removeStamp, writeStamp } from './inputs.mjs';
import { withLock } from './lock.mjs';
import { findPnpm, lockPath, root, script, stampDir } from './paths.mjs';
import { showProgress } from './progress.mjs';

/** A step failed; the message holds its output and what to do. */
export class StepFailed extends Error {}

const workspaces = ['apps', 'packages'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .map((name) => `${folder}/${name}`)
    .filter((path) => statSync(join(root, path)).isDirectory()),
);
const manifests = ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml'].concat(
  [...workspaces, 'bench', 'examples'].map((path) => `${path}/package.json`),
);
const configs = ['tsconfig.json', 'tsconfig.base.json', ...workspaces.map((path) => `${path}/tsconfig.json`)];
const sources = workspaces.map((path) => `${path}/src`);

/**
 * What has to be true before anything runs, in order. A step is skipped when `inputs` have the content they had
 * at its last success and nobody has touched its `outputs` since.
 */
const install = {
  name: 'install',
  title: 'Installing dependencies',
  inputs: manifests,
  outputs: ['node_modules/.modules.yaml', ...workspaces.map((path) => `${path}/node_modules/.bin`)],
  command: () => [...findPnpm(), 'install', '--frozen-lockfile'],
  // pnpm asks before it replaces node_modules of another kind, and gives up where nobody can answer.
  env: { CI: 'true' },
  explain: explainInstallFailure,
};
const generate = {
  name: 'generate',
  title: 'Generating the database client',
  inputs: [...manifests, 'prisma', 'prisma.config.ts'],
  outputs: ['packages/db/src/generated'],
  command: () => [process.execPath, script('node_modules/prisma/build/index.js'), 'generate'],
  env: { PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' },
};
const compile = {
  name: 'compile',
  title: 'Compiling',
  inputs: [
    ...manifests,
    ...configs,
    ...sources,
    'bench',
    'examples',
    'apps/admin/e2e',
    'apps/admin/playwright.config.ts',
  ],
  outputs: [...workspaces.filter((path) => path !== 'apps/admin'), 'bench', 'examples'].map((path) => `${path}/dist`),
  // Its own record of what is up to date does not notice a file missing from dist.
  command: ({ wasTouched }) => [
    process.execPath,
    script('node_modules/typescript/bin/tsc'),
    '-b',
    ...(wasTouched ? ['--force'] : []),
  ],
};
const bundle = {
  name: 'bundle',
  title: 'Building the dashboard',
  inputs: [
    ...manifests,
    ...configs,
    ...sources,
    'apps/admin/index.html',
    'apps/admin/public',
    'apps/admin/vite.config.ts',
  ],
  outputs: ['apps/admin/dist/index.html', 'apps/admin/dist/assets'],
  command: () => [process.execPath, script('apps/admin/node_modules/vite/bin/vite.js'), 'build', 'apps/admin'],
};

/**
 * Brings the checkout to where server and tests can run. Only one process at a time does this; another waits.
 * `until: 'compile'` leaves the dashboard out. Raises `StepFailed`.
 */
export async function setUp({ verbose = false, force = false, until = 'bundle' } = {}) {
  const steps = until === 'compile' ? [install, generate, compile] : [install, generate, compile, bundle];
  await withLock(
    lockPath,
    async () => {
      for (const step of steps) await bringUpToDate(step, { verbose, force });
    },
    (pid) => console.log(`Another command (process ${pid}) is setting up this checkout; waiting for it …`),
  );
}

async function bringUpToDate(step, { verbose, force }) {
  throwIfInterrupted();
  const stampPath = join(stampDir, `${step.name}.json`);
  const stamp = readStamp(stampPath);
  const inputs = hashContents(root, step.inputs, `${process.version} ${process.platform} ${process.arch}`);
  const isSame = stamp?.inputs === inputs;
  const isTouched = stamp?.outputs !== hashStats(root, step.outputs);
  if (isSame && !isTouched && !force) return;

  removeStamp(stampPath);
  const [command, ...args] = step.command({ wasTouched: force || (isSame && isTouched) });
  const finish = showProgress(step.title, verbose ? { isLive: false } : {});
  // `npm --silent` is meant for us; the step's own messages are wanted when it fails.
  const { npm_config_loglevel: _, ...inherited } = process.env;
  const result = await runChild(command, args, {
    output: verbose ? 'inherit' : 'capture',
    env: { ...inherited, ...step.env },
  }).catch((error) => ({ exitCode: 127, output: error.message }));
  finish(result.exitCode === 0 ? 'done' : 'failed');
  throwIfInterrupted();
  if (result.exitCode !== 0) {
    const advice = step.explain?.(result.output) ?? 'Correct what it says and run the command again.';
    throw new StepFailed(
      `${result.output.trimEnd()}\n\n${step.title} failed (exit code ${result.exitCode}). ${advice}`,
    );
  }
  writeStamp(stampPath, { inputs, outputs: hashStats(root, step.outputs) });
}
