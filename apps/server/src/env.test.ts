import { describe, expect, test } from 'vitest';
import { ConfigError, maskUrl, readConfig, variables } from './env.ts';

const database = 'postgres://reeldesk_api:top-secret-word@db.example:5432/app';
const secret = 'x'.repeat(32);

describe('the configuration', () => {
  test('needs nothing: the built-in database, on loopback', () => {
    expect(readConfig({})).toMatchObject({
      port: 4000,
      host: '127.0.0.1',
      dataDir: expect.stringMatching(/\.data$/),
      database: { kind: 'embedded' },
      supabase: null,
      poolSize: 10,
      namedStatements: true,
      trustProxy: false,
      answerTimeoutMs: 65_000,
      maxWaiting: 1000,
      callLimits: { perCaller: 6000, perAddress: 1200 },
      liveUpdates: true,
      metrics: { token: null, ledgerCheckMinutes: 5 },
      tracing: null,
    });
    // Then the login's own limit holds.
    expect(readConfig({}).statementTimeoutMs).toBeUndefined();
  });

  test('knows limits, metrics and traces', () => {
    expect(
      readConfig({
        STATEMENT_TIMEOUT_SECONDS: '0',
        RATE_LIMIT: '0',
        METRICS_TOKEN: secret,
        LIVE_UPDATES: 'off',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
      }),
    ).toMatchObject({
      statementTimeoutMs: 0,
      callLimits: { perCaller: 0 },
      metrics: { token: secret },
      liveUpdates: false,
      tracing: { endpoint: 'http://127.0.0.1:4318', serviceName: 'reeldesk' },
    });
  });

  test('takes an empty variable as unset', () => {
    expect(readConfig({ DATABASE_URL: '', PORT: ' ' })).toMatchObject({ port: 4000, database: { kind: 'embedded' } });
  });

  test('migrates by DATABASE_URL unless DIRECT_URL is given', () => {
    const direct = 'postgres://postgres:p@db.example/app';
    expect(readConfig({ DATABASE_URL: database }).database).toEqual({
      kind: 'external',
      url: database,
      directUrl: database,
    });
    expect(readConfig({ DATABASE_URL: database, DIRECT_URL: direct }).database).toMatchObject({ directUrl: direct });
  });

  test('reads reports from a replica when one is given', () => {
    expect(readConfig({ DATABASE_URL: database }).replica).toBeNull();
    const replica = 'postgres://reeldesk_api:p@replica.example/app';
    expect(readConfig({ DATABASE_URL: database, DATABASE_REPLICA_URL: replica }).replica).toEqual({
      url: replica,
      maxLagSeconds: 10,
    });
  });

  test('knows a Supabase project', () => {
    const config = readConfig({
      DATABASE_URL: database,
      SUPABASE_URL: 'https://p.supabase.co/',
      SUPABASE_PUBLISHABLE_KEY: 'sb_publishable_x',
      SESSION_SECRET: secret,
    });
    expect(config.supabase).toEqual({
      url: 'https://p.supabase.co',
      publishableKey: 'sb_publishable_x',
      secretKey: null,
      jwtSecret: null,
    });
  });

  test.each([
    [{ PORT: 'http' }, 'PORT must be a whole number from 0 to 65535.'],
    [{ PORT: '70000' }, 'PORT must be a whole number from 0 to 65535.'],
    [{ DATABASE_URL: 'mysql://u:top-secret-word@h/d' }, 'DATABASE_URL must be a PostgreSQL address'],
    [{ DATABASE_URL: 'top-secret-word' }, 'DATABASE_URL must be a PostgreSQL address'],
    [{ DATABASE_URL: database, SUPABASE_URL: 'ftp://x' }, 'SUPABASE_URL must be a web address'],
    [{ SESSION_SECRET: 'top-secret-word' }, 'SESSION_SECRET is too short.'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be fatal, error'],
    [{ DEMO_SEED: '1.5' }, 'DEMO_SEED must be a whole number.'],
    [{ RATE_LIMIT: '-1' }, 'RATE_LIMIT must be a whole number from 0 to 1000000000.'],
    [{ METRICS_TOKEN: 'top-secret-word' }, 'METRICS_TOKEN is too short.'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'OTEL_EXPORTER_OTLP_ENDPOINT must be a web address'],
    [{ NAMED_STATEMENTS: 'yes' }, 'NAMED_STATEMENTS must be on or off.'],
    [{ SUPABASE_URL: 'https://p.supabase.co' }, 'SUPABASE_URL is set, but DATABASE_URL is not.'],
    [
      { DATABASE_URL: database, SUPABASE_PUBLISHABLE_KEY: 'k' },
      'SUPABASE_PUBLISHABLE_KEY is set, but SUPABASE_URL is not.',
    ],
    [
      { DATABASE_URL: database, SUPABASE_URL: 'https://p.supabase.co', SUPABASE_PUBLISHABLE_KEY: 'k' },
      'SESSION_SECRET is missing.',
    ],
  ])('refuses %o with a sentence and no secret', (env, sentence) => {
    const refused = () => readConfig(env);
    expect(refused).toThrow(ConfigError);
    expect(refused).toThrow(sentence);
    expect(refused).not.toThrow(/top-secret-word/);
  });

  test('names every wrong variable at once', () => {
    expect(() => readConfig({ PORT: 'x', POOL_SIZE: '0' })).toThrow(/PORT must.*\nPOOL_SIZE must/);
  });

  test('lists what it reads', () => {
    expect(Object.keys(variables)).toContain('DATABASE_URL');
    expect(maskUrl(`${database}?sslpassword=top-secret-word`)).not.toContain('top-secret-word');
  });
});
