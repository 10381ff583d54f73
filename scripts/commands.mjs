import { parseArgs } from 'node:util';
import { runChecks, runEndToEnd, runTests } from './checks.mjs';
import { forwardSignals, Interrupted, runChild } from './child.mjs';
import { root, script } from './paths.mjs';
import { setUp, StepFailed } from './steps.mjs';

const help = `Usage: npm start | npm test | npm run <command>        (add -- before any argument)

  npm start              set up what is missing, then run the server until Ctrl-C
  npm test               set up, then lint, format, unused code, tests, browser tests; ends with the totals
  npm test -- refunds    only the test files whose path contains "refunds"; no checks, no browser tests.
                         Options for vitest are passed on: npm test -- refunds -t "never exceed"
  npm run check          lint, format, types, unused code
  npm run test:e2e       only the browser tests; npm run test:e2e -- refunds chooses files
  npm run test:stress    only the long tests (files *.stress.ts)
  npm run build          set up and build, start nothing

  --verbose              show the output of every step, not only of one that fails
  --force                repeat the steps whose inputs have not changed
  --help                 this text

PORT (default 4000), DATABASE_URL and the other settings of the server are described in README.md.
REELDESK_BROWSER names the Chrome or Chromium that the browser tests use.
`;

const commands = { start, test: runTests, check: runChecks, stress: runStress, e2e: runEndToEnd, build };

/** Runs one command line and sets the exit code: 0, 1 for a failure, 128 + n when signal n ended it. */
export async function main(argv) {
  const [name, ...rest] = argv;
  const { options, passedOn } = splitArguments(rest);
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
  if (options.help || !command) {
    process[options.help || name === '--help' ? 'stdout' : 'stderr'].write(help);
    process.exitCode = options.help || name === '--help' ? 0 : 2;
    return;
  }
  process.chdir(root);
  forwardSignals();
  try {
    process.exitCode = await command(options, passedOn);
  } catch (error) {
    if (error instanceof Interrupted) process.exitCode = error.exitCode;
    else {
      process.stderr.write(`\n${error instanceof StepFailed ? error.message : error.stack}\n`);
      process.exitCode = 1;
    }
    // Whoever reads the totals finds them also when the tests could not begin.
    if (name === 'test') console.log('0 passed, 1 failed');
  }
}

async function start(options, passedOn) {
  await setUp(options);
  // Room for the objects of many calls at once: they die young, instead of being copied first.
  const server = await runChild(
    process.execPath,
    ['--max-semi-space-size=32', script('apps/server/dist/main.js'), ...passedOn],
    {
      output: 'inherit',
    },
  );
  return server.exitCode;
}

async function build(options) {
  await setUp(options);
  return 0;
}

function runStress(options, passedOn) {
  return runTests({ ...options, stress: true }, passedOn);
}

/** Takes out the runner's own options; the rest belongs to the program behind it. */
function splitArguments(argv) {
  const { values } = parseArgs({
    args: argv,
    strict: false,
    options: {
      verbose: { type: 'boolean', default: false },
      force: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const own = new Set(['--verbose', '--force', '--help', '-h']);
  return { options: values, passedOn: argv.filter((argument) => !own.has(argument)) };
}
