import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** What the environment may hold; every variable is optional. `--help` prints this list. */
export const variables = {
  PORT: 'Port to listen on (4000).',
  HOST: 'Address to listen on (127.0.0.1).',
  REELDESK_DATA_DIR: 'Where the built-in database and its passwords are kept (.data).',
  DATABASE_URL: 'PostgreSQL 15+ or Supabase to use instead of the built-in one; best with the login reeldesk_api.',
  DIRECT_URL: "The same database for migrations: as the schema's owner, past a pooler (DATABASE_URL).",
  DATABASE_REPLICA_URL: 'A streaming replica of DATABASE_URL, where reports are read while it keeps up.',
  REPLICA_MAX_LAG_SECONDS: 'How far the replica may be behind before reports come from DATABASE_URL (10).',
  SUPABASE_URL: 'Address of the Supabase project, for sign-in and tokens.',
  SUPABASE_PUBLISHABLE_KEY: 'Its publishable (anon) key, for sign-in.',
  SUPABASE_SECRET_KEY: 'Its secret key; whoever sends it as Bearer token is the back end.',
  SUPABASE_JWT_SECRET: 'Its JWT secret, only where it still signs with HS256.',
  SESSION_SECRET: 'Random text of 32 characters or more; encrypts the tokens of signed-in browsers.',
  DEMO_DATA: 'on: demo data in an empty DATABASE_URL database too. off: none in the built-in one.',
  DEMO_SEED: 'A whole number; another one makes other demo data.',
  LOG_LEVEL: 'fatal, error, warn, info, debug, trace or silent (info; in a terminal warn).',
  POOL_SIZE: 'Database connections at most (10).',
  CALLS_PER_STATEMENT: 'Charges, balances or own pages that share one statement at most, 1 for never (16).',
  NAMED_STATEMENTS: 'off behind a transaction pooler that does not follow named statements (on).',
  TRUST_PROXY: 'Addresses of proxies whose X-Forwarded-For is believed, separated by commas.',
  STATEMENT_TIMEOUT_SECONDS: "When PostgreSQL ends a statement, 0 for never (the login's own: 30 for reeldesk_api).",
  ANSWER_TIMEOUT_SECONDS: 'How long to wait for the database before a connection is given up as frozen (65).',
  MAX_WAITING_CALLS: 'Calls that may wait for a database connection; more are refused with 503 (1000).',
  RATE_LIMIT: 'Calls a minute of one signed-in person or API key, 0 for no limit (6000).',
  RATE_LIMIT_ADDRESS: 'Calls a minute of one address without sign-in, 0 for no limit (1200).',
  LIVE_UPDATES: 'off: no stream of changes (on).',
  METRICS_TOKEN: 'Bearer token for /metrics; without one only this machine may read it.',
  LEDGER_CHECK_MINUTES: 'How often /metrics looks whether the books balance, 0 for never (5).',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'Where traces are sent to by OTLP over HTTP, for instance http://127.0.0.1:4318.',
  OTEL_SERVICE_NAME: 'The name of this server in traces (reeldesk).',
} as const;

export interface SupabaseProject {
  url: string;
  publishableKey: string | null;
  secretKey: string | null;
  jwtSecret: string | null;
}

export interface Config {
  port: number;
  host: string;
  dataDir: string;
  database: { kind: 'embedded' } | { kind: 'external'; url: string; directUrl: string };
  replica: { url: string; maxLagSeconds: number } | null;
  /** `null` in the embedded default, which has its own, and on a PostgreSQL without Supabase. */
  supabase: SupabaseProject | null;
  sessionSecret: string | null;
  demoData: 'on' | 'off' | null;
  demoSeed: number | undefined;
  logLevel: string | null;
  poolSize: number;
  callsPerStatement: number;
  namedStatements: boolean;
  trustProxy: string[] | false;
  statementTimeoutMs: number | undefined;
  answerTimeoutMs: number;
  maxWaiting: number;
  callLimits: { perCaller: number; perAddress: number };
  liveUpdates: boolean;
  metrics: { token: string | null; ledgerCheckMinutes: number };
  tracing: { endpoint: string; serviceName: string } | null;
}

/** A setting is wrong; the message has one sentence per variable and never a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url));

function integer(name: string, min: number, max: number) {
  const error = `${name} must be a whole number from ${min} to ${max}.`;
  return z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

function oneOf<const T extends readonly string[]>(name: string, values: T) {
  return z.enum(values, { error: `${name} must be ${values.slice(0, -1).join(', ')} or ${values.at(-1)}.` });
}

function databaseUrl(name: string) {
  return z
    .url({
      protocol: /^postgres(ql)?$/,
      error: `${name} must be a PostgreSQL address: postgres://login:password@host:5432/database.`,
    })
    .optional();
}

function secret(name: string) {
  const error = `${name} is too short. Set it to a random text of 32 characters or more, for instance from: openssl rand -base64 32`;
  return z.string().min(32, { error }).optional();
}

const environment = z.object({
  PORT: integer('PORT', 0, 65_535).default(4000),
  HOST: z.string().default('127.0.0.1'),
  REELDESK_DATA_DIR: z.string().default(resolve(repositoryRoot, '.data')),
  DATABASE_URL: databaseUrl('DATABASE_URL'),
  DIRECT_URL: databaseUrl('DIRECT_URL'),
  DATABASE_REPLICA_URL: databaseUrl('DATABASE_REPLICA_URL'),
  REPLICA_MAX_LAG_SECONDS: integer('REPLICA_MAX_LAG_SECONDS', 1, 86_400).default(10),
  SUPABASE_URL: z
    .url({
      protocol: /^https?$/,
      error: 'SUPABASE_URL must be a web address, such as https://your-project.supabase.co.',
    })
    .optional(),
  SUPABASE_PUBLISHABLE_KEY: z.string().optional(),
  SUPABASE_SECRET_KEY: z.string().min(20, { error: 'SUPABASE_SECRET_KEY is too short to be a secret key.' }).optional(),
  SUPABASE_JWT_SECRET: secret('SUPABASE_JWT_SECRET'),
  SESSION_SECRET: secret('SESSION_SECRET'),
  DEMO_DATA: oneOf('DEMO_DATA', ['on', 'off']).optional(),
  DEMO_SEED: z.coerce
    .number({ error: 'DEMO_SEED must be a whole number.' })
    .int({ error: 'DEMO_SEED must be a whole number.' })
    .optional(),
  LOG_LEVEL: oneOf('LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).optional(),
  POOL_SIZE: integer('POOL_SIZE', 1, 500).default(10),
  CALLS_PER_STATEMENT: integer('CALLS_PER_STATEMENT', 1, 100).default(16),
  NAMED_STATEMENTS: oneOf('NAMED_STATEMENTS', ['on', 'off']).default('on'),
  TRUST_PROXY: z.string().optional(),
  STATEMENT_TIMEOUT_SECONDS: integer('STATEMENT_TIMEOUT_SECONDS', 0, 86_400).optional(),
  ANSWER_TIMEOUT_SECONDS: integer('ANSWER_TIMEOUT_SECONDS', 1, 86_400).default(65),
  MAX_WAITING_CALLS: integer('MAX_WAITING_CALLS', 1, 1_000_000).default(1000),
  RATE_LIMIT: integer('RATE_LIMIT', 0, 1_000_000_000).default(6000),
  RATE_LIMIT_ADDRESS: integer('RATE_LIMIT_ADDRESS', 0, 1_000_000_000).default(1200),
  LIVE_UPDATES: oneOf('LIVE_UPDATES', ['on', 'off']).default('on'),
  METRICS_TOKEN: secret('METRICS_TOKEN'),
  LEDGER_CHECK_MINUTES: integer('LEDGER_CHECK_MINUTES', 0, 100_000).default(5),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({
      protocol: /^https?$/,
      error: 'OTEL_EXPORTER_OTLP_ENDPOINT must be a web address, such as http://127.0.0.1:4318.',
    })
    .optional(),
  OTEL_SERVICE_NAME: z.string().default('reeldesk'),
});

/** Reads the configuration; an empty variable counts as unset. Raises `ConfigError` naming each wrong variable. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(
    Object.keys(variables).flatMap((name) => {
      const value = env[name]?.trim();
      return value ? [[name, value]] : [];
    }),
  );
  const parsed = environment.safeParse(given);
  const problems = parsed.success
    ? findContradictions(parsed.data)
    : [...new Set(parsed.error.issues.map((issue) => issue.message))];
  if (!parsed.success || problems.length > 0) {
    throw new ConfigError(problems.join('\n'));
  }
  const values = parsed.data;
  return {
    port: values.PORT,
    host: values.HOST,
    dataDir: resolve(values.REELDESK_DATA_DIR),
    database:
      values.DATABASE_URL === undefined
        ? { kind: 'embedded' }
        : { kind: 'external', url: values.DATABASE_URL, directUrl: values.DIRECT_URL ?? values.DATABASE_URL },
    replica:
      values.DATABASE_REPLICA_URL === undefined
        ? null
        : { url: values.DATABASE_REPLICA_URL, maxLagSeconds: values.REPLICA_MAX_LAG_SECONDS },
    supabase:
      values.SUPABASE_URL === undefined
        ? null
        : {
            url: values.SUPABASE_URL.replace(/\/+$/, ''),
            publishableKey: values.SUPABASE_PUBLISHABLE_KEY ?? null,
            secretKey: values.SUPABASE_SECRET_KEY ?? null,
            jwtSecret: values.SUPABASE_JWT_SECRET ?? null,
          },
    sessionSecret: values.SESSION_SECRET ?? null,
    demoData: values.DEMO_DATA ?? null,
    demoSeed: values.DEMO_SEED,
    logLevel: values.LOG_LEVEL ?? null,
    poolSize: values.POOL_SIZE,
    callsPerStatement: values.CALLS_PER_STATEMENT,
    namedStatements: values.NAMED_STATEMENTS === 'on',
    trustProxy:
      values.TRUST_PROXY === undefined ? false : values.TRUST_PROXY.split(',').map((address) => address.trim()),
    statementTimeoutMs:
      values.STATEMENT_TIMEOUT_SECONDS === undefined ? undefined : values.STATEMENT_TIMEOUT_SECONDS * 1000,
    answerTimeoutMs: values.ANSWER_TIMEOUT_SECONDS * 1000,
    maxWaiting: values.MAX_WAITING_CALLS,
    callLimits: { perCaller: values.RATE_LIMIT, perAddress: values.RATE_LIMIT_ADDRESS },
    liveUpdates: values.LIVE_UPDATES === 'on',
    metrics: { token: values.METRICS_TOKEN ?? null, ledgerCheckMinutes: values.LEDGER_CHECK_MINUTES },
    tracing:
      values.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
        ? null
        : { endpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT, serviceName: values.OTEL_SERVICE_NAME },
  };
}

function findContradictions(values: z.infer<typeof environment>): string[] {
  const problems: string[] = [];
  const { DATABASE_URL, DIRECT_URL, DATABASE_REPLICA_URL, SUPABASE_URL, SUPABASE_PUBLISHABLE_KEY, SESSION_SECRET } =
    values;
  if (DATABASE_URL === undefined) {
    for (const [name, value] of Object.entries({
      DIRECT_URL,
      DATABASE_REPLICA_URL,
      SUPABASE_URL,
      SUPABASE_PUBLISHABLE_KEY,
    })) {
      if (value !== undefined) {
        problems.push(`${name} is set, but DATABASE_URL is not. Set both, or neither for the built-in database.`);
      }
    }
    return problems;
  }
  if (SUPABASE_URL !== undefined && SUPABASE_PUBLISHABLE_KEY !== undefined && SESSION_SECRET === undefined) {
    problems.push(
      'SESSION_SECRET is missing. Set it to a random text of 32 characters or more, for instance from: openssl rand -base64 32',
    );
  }
  if (SUPABASE_URL === undefined && SUPABASE_PUBLISHABLE_KEY !== undefined) {
    problems.push('SUPABASE_PUBLISHABLE_KEY is set, but SUPABASE_URL is not. Set both, so that people can sign in.');
  }
  return problems;
}

/** A database's address as it may be shown: without its password. */
export function maskUrl(url: string): string {
  const masked = new URL(url);
  if (masked.password !== '') {
    masked.password = '***';
  }
  for (const name of Array.from(masked.searchParams.keys())) {
    if (/pass|key|token/i.test(name)) {
      masked.searchParams.set(name, '***');
    }
  }
  return masked.href;
}
