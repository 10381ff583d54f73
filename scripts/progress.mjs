const repeatSeconds = 15;

/**
 * Shows that a step is running: a line that counts the seconds in a terminal; in a log
 * a line at its begin and its end, and one now and then between. Returns what ends it, with the word for the end.
 */
export function showProgress(title, { isLive = isLiveTerminal(), write = (text) => process.stdout.write(text) } = {}) {
  const startedAt = performance.now();
  const seconds = () => Math.floor((performance.now() - startedAt) / 1000);
  if (isLive) write(`${title} …`);
  else write(`${title} …\n`);
  const timer = setInterval(
    () => write(isLive ? `\r\u001b[K${title} … ${seconds()} s` : `${title} … ${seconds()} s so far\n`),
    isLive ? 1000 : repeatSeconds * 1000,
  );
  timer.unref();
  return (end) => {
    clearInterval(timer);
    const took = ((performance.now() - startedAt) / 1000).toFixed(1);
    write(`${isLive ? '\r\u001b[K' : ''}${title}: ${end} (${took} s)\n`);
  };
}

function isLiveTerminal() {
  return process.stdout.isTTY && process.env.CI === undefined && process.env.TERM !== 'dumb';
}
