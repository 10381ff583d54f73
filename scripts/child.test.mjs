import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const childModule = fileURLToPath(new URL('child.mjs', import.meta.url));

/** Starts a runner whose child runs `program`; what the child prints comes through. */
function startRunner(program) {
  const source = `
    import { forwardSignals, runChild } from ${JSON.stringify(childModule)};
    forwardSignals();
    const { exitCode } = await runChild(process.execPath, ['-e', ${JSON.stringify(program)}], { output: 'inherit' });
    process.exitCode = exitCode;`;
  const runner = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: runner.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => (await lines.next()).value;
  return { runner, nextLine, ended: once(runner, 'exit') };
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const alive = 'setInterval(() => {}, 1000);';

describe.skipIf(process.platform === 'win32')('a child of the runner', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])(
    'gets %s, may end in its own time, and its exit code is passed on',
    async (signal) => {
      const { runner, nextLine, ended } = startRunner(
        `process.on('${signal}', () => { console.log('got ${signal}'); process.exit(7); }); ${alive} console.log('up');`,
      );
      expect(await nextLine()).toBe('up');
      runner.kill(signal);
      expect(await nextLine()).toBe(`got ${signal}`);
      expect(await ended).toEqual([7, null]);
    },
  );

  it('that does not handle the signal makes the exit code 128 + n', async () => {
    const { runner, nextLine, ended } = startRunner(`${alive} console.log('up');`);
    await nextLine();
    runner.kill('SIGTERM');
    expect(await ended).toEqual([143, null]);
  });

  it('leaves no grandchild behind', async () => {
    const { runner, nextLine, ended } = startRunner(
      `const { pid } = require('child_process').spawn(process.execPath, ['-e', '${alive}'], { stdio: 'ignore' });
       ${alive} console.log(pid);`,
    );
    const grandchild = Number(await nextLine());
    expect(isAlive(grandchild)).toBe(true);
    runner.kill('SIGTERM');
    await ended;
    expect(isAlive(grandchild)).toBe(false);
  });

  it('that ignores the signal is killed by the second one', async () => {
    const { runner, nextLine, ended } = startRunner(
      `process.on('SIGINT', () => console.log('ignored')); ${alive} console.log(process.pid);`,
    );
    const child = Number(await nextLine());
    runner.kill('SIGINT');
    expect(await nextLine()).toBe('ignored');
    // Two within half a second are one Ctrl-C, which npm passes on again: repeat until it counts as the second.
    const repeat = setInterval(() => runner.kill('SIGINT'), 100);
    expect(await ended).toEqual([137, null]);
    clearInterval(repeat);
    expect(isAlive(child)).toBe(false);
  });
});
