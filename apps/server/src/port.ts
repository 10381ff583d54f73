import { once } from 'node:events';
import { createServer } from 'node:net';

/** The server can't start as it is set up; the message says what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/**
 * The port to listen on: the one asked for, or any free one for 0. Raises `StartError` when it can't be
 * listened on now: before a database is started for nothing.
 */
export async function choosePort(port: number, host: string): Promise<number> {
  const probe = createServer();
  try {
    probe.listen(port, host);
    await once(probe, 'listening');
    const address = probe.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  } catch (error) {
    throw explainListenError(error, port, host);
  } finally {
    probe.close();
  }
}

/** Why listening failed, in a sentence. */
export function explainListenError(error: unknown, port: number, host: string): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new StartError(
        `Port ${port} is taken by another program. Stop that one, or choose another port: PORT=${port === 65_535 ? 4000 : port + 1} npm start`,
      );
    case 'EACCES':
      return new StartError(`Port ${port} needs rights that you have not. Choose one above 1023: PORT=4000 npm start`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartError(
        `HOST=${host} is not an address of this machine. Leave it out, or set it to 0.0.0.0 for all addresses.`,
      );
    case undefined:
    default:
      return error;
  }
}
