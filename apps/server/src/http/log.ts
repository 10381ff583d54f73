import { ReeldeskError } from '@reeldesk/db/errors';
import { pino, type DestinationStream, type Logger } from 'pino';

/** The server's log: JSON lines on standard output, by default only warnings where a person looks on. */
export function createLogger(level: string | null, destination?: DestinationStream): Logger {
  const options = {
    level: level ?? (process.stdout.isTTY ? 'warn' : 'info'),
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    // Described already: pino's own takes the description for an error of type Object.
    serializers: { err: (described: unknown) => described },
  };
  // Lines are gathered for a moment: a write for each request was 7 % of the server's time.
  return pino(options, destination ?? pino.destination({ dest: 1, sync: false, minLength: 8_192, periodicFlush: 100 }));
}

interface LoggedError {
  type: string;
  message?: string;
  sqlState?: string;
  stack?: string;
  cause?: LoggedError;
}

/**
 * What the log may hold of an error: where it happened and what kind it is. PostgreSQL's DETAIL, and its
 * message on bad values, repeat what people typed, so they stay out.
 */
export function describeForLog(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) {
    return { type: typeof error };
  }
  const { cause, meta, code } = error as Error & {
    cause?: unknown;
    code?: unknown;
    meta?: { driverAdapterError?: { cause?: { originalCode?: string; originalMessage?: string } } };
  };
  const fromDatabase =
    meta?.driverAdapterError?.cause ?? (cause as { originalCode?: string; originalMessage?: string } | undefined);
  const sqlState =
    fromDatabase?.originalCode ?? (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined);
  const message =
    sqlState === undefined ? firstLine(error) : sqlState.startsWith('22') ? undefined : fromDatabase?.originalMessage;
  return {
    type: error.name,
    ...(message !== undefined && { message }),
    ...(sqlState !== undefined && { sqlState }),
    ...(!(error instanceof ReeldeskError) && { stack: stackFrames(error) }),
    ...(cause instanceof Error && depth < 3 && { cause: describeForLog(cause, depth + 1) }),
  };
}

// Of a zod error the message is JSON with what was received.
function firstLine(error: Error): string {
  return error.name.includes('Zod')
    ? 'The value has not the expected shape.'
    : (error.message.split('\n', 1)[0] ?? '').slice(0, 300);
}

function stackFrames(error: Error): string {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12)
    .join('\n');
}
