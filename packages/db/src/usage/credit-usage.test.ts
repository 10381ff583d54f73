import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { anon, backend, readAllPages } from '../testing/fixtures.ts';
import { postToLedger, type LedgerRow } from '../testing/ledger.ts';
import { createTestDatabase } from '../testing/test-database.ts';
import { creditUsage } from './credit-usage.ts';
import { listUsageEntries } from './entries.ts';
import { rollUpUsage } from './roll-up.ts';
import type { UsageDimension, UsageUnit } from './shapes.ts';

const database = await createTestDatabase();
const { db } = database;
afterAll(database.drop);

/** What a bucket's figures ought to be, from the rows themselves: of the ledger, and of videos that ended. */
function figuresOf(rows: readonly { type: string; amount: number }[]) {
  const of = (type: string) => rows.filter((row) => row.type === type);
  const sum = (list: readonly { amount: number }[]) => list.reduce((total, { amount }) => total + amount, 0);
  return {
    creditsUsed: 0 - sum(of('charge')),
    creditsRefunded: sum(of('refund')),
    charges: of('charge').length,
    refunds: of('refund').length,
    videosCompleted: of('completed').length,
    videosFailed: of('failed').length,
    creditsFailed: sum(of('failed')),
  };
}

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/Havana',
  'Pacific/Chatham',
  'Africa/Cairo',
];

// Around changes of clocks, on quarters of an hour and beside them.
const turns = [
  '2026-03-08T05:30:00Z',
  '2026-03-29T01:00:00Z',
  '2026-04-04T15:00:00Z',
  '2026-10-25T01:00:00Z',
  '2026-11-01T05:00:00Z',
];
const moment = fc
  .record({
    turn: fc.constantFrom(...turns),
    quarters: fc.integer({ min: -200, max: 200 }),
    off: fc.constantFrom(0, 1, -1, 437_000),
  })
  .map(({ turn, quarters, off }) => new Date(Date.parse(turn) + quarters * 900_000 + off).toISOString());

const row: fc.Arbitrary<LedgerRow> = fc.record({
  at: moment,
  type: fc.constantFrom('adjustment' as const, 'charge' as const, 'refund' as const),
  amount: fc.integer({ min: 1, max: 2_000_000_000 }),
  videoType: fc.constantFrom('text_to_video', 'image_to_video', null),
  resolution: fc.constantFrom('1920x1080', '1280x720', null),
  quality: fc.constantFrom('high', 'draft'),
});

const question = fc
  .record({
    unit: fc.constantFrom<UsageUnit>('hour', 'day', 'week', 'month'),
    timeZone: fc.constantFrom(...zones),
    weekStartsOn: fc.integer({ min: 1, max: 7 }),
    range: fc.oneof(
      fc.constantFrom(
        { from: '2026-03-01', to: '2026-04-10' },
        { from: '2026-10-24', to: '2026-11-02' },
        { from: '2026-03-29', to: '2026-03-29' },
      ),
      fc
        .tuple(moment, moment)
        .filter(([a, b]) => a !== b)
        .map(([a, b]) => (a < b ? { from: a, to: b } : { from: b, to: a })),
    ),
    videoType: fc.constantFrom(undefined, 'text_to_video' as const),
    resolution: fc.constantFrom(undefined, '1920x1080'),
    quality: fc.constantFrom(undefined, 'high', 'never offered'),
    breakdown: fc.constantFrom<UsageDimension | undefined>(undefined, 'videoType', 'resolution', 'quality'),
  })
  .map((asked) => {
    const isLong = Date.parse(asked.range.to) - Date.parse(asked.range.from) > 60 * 86_400_000;
    return { ...asked, unit: asked.unit === 'hour' && isLong ? ('day' as const) : asked.unit };
  });

test('the buckets of any chart are the ledger to the credit, and each opens to exactly its rows', async () => {
  // Many ledgers in one database: what is rolled up, and what is not, grows from run to run.
  const ledger: {
    at: string;
    type: string;
    amount: number;
    videoType: unknown;
    resolution: unknown;
    quality: unknown;
  }[] = [];
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 12 }),
      fc.array(question, { minLength: 3, maxLength: 3 }),
      fc.boolean(),
      async (rows, questions, roll) => {
        for (const entry of rows) {
          const { id } = await database.createAccount();
          // A balance before, so that a charge is one the account can pay.
          await postToLedger(database.asOwner, id, {
            at: '2026-01-01T00:00:00Z',
            type: 'adjustment',
            amount: entry.amount,
          });
          if (entry.type === 'refund') {
            await postToLedger(database.asOwner, id, {
              at: '2026-01-01T00:00:00Z',
              type: 'charge',
              amount: -entry.amount,
            });
          }
          await postToLedger(database.asOwner, id, {
            ...entry,
            amount: entry.type === 'refund' ? entry.amount : -entry.amount,
          });
          await database.asOwner.query(
            `insert into usage.video_ends (video_id, user_id, ended_at, status, video_type, resolution, quality, credits)
          values (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7)`,
            [
              id,
              entry.at,
              entry.amount % 2 === 0 ? 'completed' : 'failed',
              entry.videoType ?? 'image_to_video',
              entry.resolution,
              entry.quality,
              entry.amount,
            ],
          );
        }
        ledger.splice(0);
        ledger.push(
          ...(await database.asOwner.query<(typeof ledger)[number]>(
            `select to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, type, amount,
            video_type as "videoType", resolution, quality from credit_transactions
          union all
          select to_char(ended_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), status, credits, video_type, resolution, quality
          from usage.video_ends`,
          )),
        );
        if (roll) {
          await rollUpUsage(db, backend, { limit: 5 });
        }
        for (const { unit, timeZone, weekStartsOn, range, videoType, resolution, quality, breakdown } of questions) {
          const filter = { videoType, resolution, quality };
          const input = { ...range, timeZone, unit, weekStartsOn, filter, breakdown };
          const report = await creditUsage(db, backend, { ...input, compare: true });
          const wanted = Object.entries(filter).filter(([, value]) => value !== undefined);
          const matching = ledger.filter(
            (entry) =>
              entry.type !== 'adjustment' && wanted.every(([name, value]) => entry[name as UsageDimension] === value),
          );
          const within = (from: string, to: string) =>
            matching.filter(({ at }) => micros(at) >= micros(from) && micros(at) < micros(to));

          expect(report.totals).toEqual(figuresOf(within(report.from, report.to)));
          for (const [n, bucket] of report.buckets.entries()) {
            const rowsOf = within(bucket.startsAt, bucket.endsAt);
            const points = report.series.map((series) => series.points[n]!);
            expect(sumOf(points)).toEqual(figuresOf(rowsOf));
            for (const series of report.series.filter(() => breakdown !== undefined)) {
              expect(series.points[n]).toEqual(figuresOf(rowsOf.filter((entry) => entry[breakdown!] === series.key)));
            }
          }
          expect(report.buckets[0]!.startsAt).toBe(report.from);
          expect(report.buckets.at(-1)!.endsAt).toBe(report.to);
          for (const [n, bucket] of report.buckets.slice(1).entries()) {
            expect(bucket.startsAt).toBe(report.buckets[n]!.endsAt);
          }
          const previous = report.previous!;
          expect(previous.to).toBe(report.from);
          expect(previous.totals).toEqual(figuresOf(within(previous.from, previous.to)));
          expect(previous.buckets.map(({ startsAt, endsAt }) => figuresOf(within(startsAt, endsAt)))).toEqual(
            previous.points,
          );
          expect(sumOf(previous.points)).toEqual(previous.totals);
          expect(previous.buckets.length).toBe(report.buckets.length);
          expect([previous.from, ...previous.buckets.map(({ endsAt }) => endsAt)]).toEqual([
            ...previous.buckets.map(({ startsAt }) => startsAt),
            previous.to,
          ]);
          const [fullest] = report.buckets
            .map((bucket) => ({ bucket, rows: within(bucket.startsAt, bucket.endsAt) }))
            .toSorted((a, b) => b.rows.length - a.rows.length);
          const entries = await readAllPages((cursor) =>
            listUsageEntries(db, backend, {
              from: fullest!.bucket.startsAt,
              to: fullest!.bucket.endsAt,
              timeZone,
              filter,
              limit: 2,
              cursor,
            }),
          );
          expect(figuresOf(entries)).toEqual(
            figuresOf(fullest!.rows.filter(({ type }) => ['charge', 'refund'].includes(type))),
          );
          if (report.balances !== null) {
            const outstanding = ledger
              .filter(({ at, type }) => micros(at) < micros(report.to) && !['completed', 'failed'].includes(type))
              .reduce((sum, { amount }) => sum + amount, 0);
            expect(report.balances.at(-1)!.creditsOutstanding).toBe(outstanding);
          }
        }
      },
    ),
    { numRuns: 12 },
  );
}, 120_000);

function micros(at: string): bigint {
  const [, seconds = '', fraction = ''] = /^(.*?)(?:\.(\d+))?(?:Z|\+00:00)$/.exec(at) ?? [];
  return BigInt(Date.parse(`${seconds}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6) || '0');
}

function sumOf(points: readonly ReturnType<typeof figuresOf>[]) {
  const sum = figuresOf([]);
  for (const point of points) {
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) {
      sum[name] += point[name];
    }
  }
  return sum;
}

describe('buckets follow the clocks of their zone', () => {
  const hoursOf = (bucket: { startsAt: string; endsAt: string }) =>
    (Date.parse(bucket.endsAt) - Date.parse(bucket.startsAt)) / 3_600_000;

  test.each([
    ['Europe/Berlin', '2026-03-29', 23],
    ['Europe/Berlin', '2026-10-25', 25],
    ['America/St_Johns', '2026-03-08', 23],
    ['America/St_Johns', '2026-11-01', 25],
    ['Australia/Lord_Howe', '2026-10-04', 23.5],
    ['Australia/Lord_Howe', '2026-04-05', 24.5],
    ['Asia/Kathmandu', '2026-03-29', 24],
    ['America/Havana', '2025-11-02', 25],
  ])('in %s %s has %d hours, in one bucket and in hours', async (timeZone, day, hours) => {
    const days = await creditUsage(db, backend, { from: day, to: day, timeZone, unit: 'day' });
    expect(days.buckets.map(({ label }) => label)).toEqual([day]);
    expect(hoursOf(days.buckets[0]!)).toBe(hours);
    const perHour = await creditUsage(db, backend, { from: day, to: day, timeZone, unit: 'hour' });
    expect(perHour.buckets.reduce((sum, bucket) => sum + hoursOf(bucket), 0)).toBe(hours);
    expect(Math.max(...perHour.buckets.map(hoursOf))).toBe(1);
    expect(perHour.buckets.length).toBe(Math.ceil(hours));
    expect([perHour.from, perHour.to]).toEqual([days.from, days.to]);
  });

  test.each(zones)('each day in %s is the one that its calendar names', async (timeZone) => {
    const { buckets } = await creditUsage(db, backend, { from: '2026-01-01', to: '2026-12-31', timeZone, unit: 'day' });
    const dayOf = new Intl.DateTimeFormat('en-CA', { timeZone });
    expect(buckets.length).toBe(365);
    for (const { label, startsAt, endsAt } of buckets) {
      expect(dayOf.format(new Date(startsAt))).toBe(label);
      expect(dayOf.format(new Date(Date.parse(endsAt) - 1))).toBe(label);
    }
  });

  test('weeks start on the day asked for', async () => {
    const starts = async (weekStartsOn: number) =>
      (
        await creditUsage(db, backend, {
          from: '2026-10-20',
          to: '2026-11-03',
          timeZone: 'Europe/Berlin',
          unit: 'week',
          weekStartsOn,
        })
      ).buckets.map(({ label, isClipped }) => `${label}${isClipped ? ' cut' : ''}`);
    expect(await starts(1)).toEqual(['2026-10-19 cut', '2026-10-26', '2026-11-02 cut']);
    expect(await starts(7)).toEqual(['2026-10-18 cut', '2026-10-25', '2026-11-01 cut']);
    expect(await starts(6)).toEqual(['2026-10-17 cut', '2026-10-24', '2026-10-31 cut']);
  });

  test('a day that a country skipped has no bucket', async () => {
    const { buckets } = await creditUsage(db, backend, {
      from: '2011-12-29',
      to: '2011-12-31',
      timeZone: 'Pacific/Apia',
      unit: 'day',
    });
    expect(buckets.map(({ label }) => label)).toEqual(['2011-12-29', '2011-12-31']);
  });

  test('the bucket that time is in is marked, those before are not', async () => {
    const now = Date.now();
    const { buckets } = await creditUsage(db, backend, {
      from: new Date(now - 3 * 3_600_000).toISOString(),
      to: new Date(now + 3_600_000).toISOString(),
      timeZone: 'UTC',
      unit: 'hour',
    });
    expect(buckets[0]!.isUnfinished).toBe(false);
    expect(buckets.at(-1)!.isUnfinished).toBe(true);
  });

  test('every zone that a browser knows, the database knows', async () => {
    const names = Intl.supportedValuesOf('timeZone');
    expect(names.length).toBeGreaterThan(400);
    expect(
      await database.asOwner.query(
        `select z from unnest($1::text[]) z where lower(z) not in (select lower(name) from pg_timezone_names)`,
        [names],
      ),
    ).toEqual([]);
  });
});

describe('the report', () => {
  const range = { from: '2025-06-01', to: '2025-06-30', timeZone: 'UTC', unit: 'day' as const };

  test('compares with as many days before', async () => {
    const { id } = await database.createAccount();
    await postToLedger(database.asOwner, id, { at: '2025-05-01T00:00:00Z', type: 'adjustment', amount: 100 });
    await postToLedger(database.asOwner, id, { at: '2025-05-02T00:00:00Z', type: 'charge', amount: -3 });
    await postToLedger(database.asOwner, id, { at: '2025-05-01T23:59:59Z', type: 'charge', amount: -4 }).catch(
      () => undefined,
    );
    await postToLedger(database.asOwner, id, { at: '2025-06-01T00:00:00Z', type: 'charge', amount: -5 });
    const report = await creditUsage(db, backend, { ...range, userId: id, compare: true });
    expect(report.totals).toMatchObject({ creditsUsed: 5, charges: 1 });
    expect(report.previous).toMatchObject({ from: '2025-05-02T00:00:00+00:00', to: '2025-06-01T00:00:00+00:00' });
    expect(report.previous!.totals.creditsUsed).toBe(7);
  });

  test("shows an end user his own usage and nobody else's", async () => {
    const [own, other] = [await database.createAccount({ credits: 50 }), await database.createAccount({ credits: 50 })];
    for (const [account, amount] of [
      [own, -7],
      [other, -11],
    ] as const) {
      await postToLedger(database.asOwner, account.id, { at: new Date().toISOString(), type: 'charge', amount });
    }
    const today = new Date().toISOString().slice(0, 10);
    const input = { from: today, to: today, timeZone: 'UTC', unit: 'day' as const };
    const report = await creditUsage(db, own.actor, input);
    expect(report.totals).toMatchObject({ creditsUsed: 7, creditsRefunded: 0, charges: 1, refunds: 0 });
    expect(report.balances!.at(-1)!.creditsOutstanding).toBe(43);
    expect((await listUsageEntries(db, own.actor, { ...input, limit: 50 })).items.map(({ amount }) => amount)).toEqual([
      -7,
    ]);
    await expect(creditUsage(db, own.actor, { ...input, userId: other.id })).rejects.toMatchObject({
      reason: 'forbidden',
    });
    await expect(listUsageEntries(db, own.actor, { ...input, userId: other.id, limit: 5 })).rejects.toMatchObject({
      reason: 'forbidden',
    });
  });

  test('gives analysts all accounts and anybody without a sign-in none', async () => {
    const analyst = await database.createAccount({ role: 'analyst' });
    expect(await creditUsage(db, analyst.actor, range)).toEqual(await creditUsage(db, backend, range));
    expect((await listUsageEntries(db, analyst.actor, { ...range, limit: 5 })).items.length).toBeGreaterThan(0);
    await expect(creditUsage(db, anon, range)).rejects.toMatchObject({ reason: 'not_signed_in' });
  });

  test.each([
    [{ timeZone: 'Mars/Olympus' }, 'timeZone'],
    [{ to: '2025-05-01' }, 'to'],
    [{ to: '2025-06-30T00:00:00Z' }, 'to'],
    [{ from: '2015-01-01', unit: 'hour' as const }, 'to'],
  ])('refuses %j by the name of %s', async (wrong, field) => {
    await expect(creditUsage(db, backend, { ...range, ...wrong })).rejects.toMatchObject({
      reason: 'invalid_input',
      details: { field },
    });
  });
});
