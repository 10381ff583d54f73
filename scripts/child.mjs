import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const hasGroups = process.platform !== 'win32';
const keptOutputChars = 1_000_000;
const running = new Set();
let interruptedBy;
let interruptedAtMs = 0;

/** A signal ended the command; `exitCode` is the shell's 128 + n. */
export class Interrupted extends Error {
  constructor(signal) {
    super(`Stopped by ${signal}.`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/**
 * Passes SIGINT, SIGTERM and SIGHUP on to the running child; without one, ends this process.
 * A second signal kills the child and all it started.
 */
export function forwardSignals() {
  for (const signal of forwarded) process.on(signal, () => onSignal(signal));
  watchShell();
  // The terminal may be gone before us; writing to it must not be what ends us.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  process.on('exit', () => running.forEach((child) => killAll(child, 'SIGKILL')));
}

/** npm signals only the shell between it and us; that shell's end is then all we notice of it. */
function watchShell() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(timer);
    onSignal('SIGTERM');
  }, 250);
  timer.unref();
}

function onSignal(signal) {
  // npm passes on the Ctrl-C that the terminal sends to us as well: the two are one.
  const isRepeated = interruptedBy !== undefined;
  if (isRepeated && performance.now() - interruptedAtMs < 500) return;
  interruptedBy ??= signal;
  interruptedAtMs = performance.now();
  if (running.size === 0) process.exit(new Interrupted(interruptedBy).exitCode);
  for (const child of running) {
    if (isRepeated) killAll(child, 'SIGKILL');
    else child.kill(signal);
  }
}

/** Raises `Interrupted` when a signal has come. */
export function throwIfInterrupted() {
  if (interruptedBy !== undefined) throw new Interrupted(interruptedBy);
}

/**
 * Runs a program to its end, and the end of whatever it leaves behind.
 * With `output: 'inherit'` it writes to our terminal, with 'capture' the last part of what it wrote is returned.
 * Raises when the program can't be started.
 */
export async function runChild(command, args, { output = 'capture', env = process.env } = {}) {
  throwIfInterrupted();
  // A group of its own: the terminal's Ctrl-C reaches only us, and we can reach everything below the child.
  const child = spawn(command, args, {
    detached: hasGroups,
    env,
    stdio: ['ignore', ...(output === 'inherit' ? ['inherit', 'inherit'] : ['pipe', 'pipe'])],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk) => (text = (text + chunk).slice(-keptOutputChars)));
  }
  const closed = once(child, 'close');
  running.add(child);
  try {
    const [code, signal] = await once(child, 'exit');
    await endGroup(child.pid);
    await closed;
    return { exitCode: code ?? 128 + constants.signals[signal], output: text };
  } finally {
    running.delete(child);
  }
}

/** Ends what the child left running in its group: asked first, killed after five seconds. */
async function endGroup(pid) {
  if (!hasGroups) return;
  for (const [signal, seconds] of [
    ['SIGTERM', 5],
    ['SIGKILL', 1],
  ]) {
    if (!signalGroup(pid, signal)) return;
    for (let waitedMs = 0; waitedMs < seconds * 1000; waitedMs += 20) {
      if (!signalGroup(pid, 0)) return;
      await sleep(20);
    }
  }
}

function killAll(child, signal) {
  if (!hasGroups) child.kill(signal);
  else if (child.pid !== undefined) signalGroup(child.pid, signal);
}

function signalGroup(pid, signal) {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}
