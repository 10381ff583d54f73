import { get } from 'node:http';
import { exportInputs } from '@reeldesk/api/contract/exports';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startTestServer, testKeys, type Person, type TestServer } from './testing/test-server.ts';

let server: TestServer;
let admin: { person: Person; cookie: string };
let analyst: { person: Person; cookie: string };
beforeAll(async () => {
  server = await startTestServer();
  const signUp = async (role: 'admin' | 'analyst') => {
    const person = await server.signUp(role);
    return { person, cookie: await server.signIn(person) };
  };
  admin = await signUp('admin');
  analyst = await signUp('analyst');
});
afterAll(() => server.close());

const backend = { authorization: `Bearer ${testKeys.secretKey}` };

async function exported(path: string, headers: Record<string, string>) {
  const response = await server.app.inject({ url: `/export/${path}`, headers });
  const [names = '', ...lines] = response.body.split('\r\n').slice(0, -1);
  return { response, names: names.split(','), lines, total: Number(response.headers['x-total-rows']) };
}

/** An account with so many purchases of 1 credit, the last one given a reason. */
async function accountWith(purchases: number, reason = 'purchase'): Promise<Person> {
  const person = await server.signUp();
  await server.owner.query(
    `select private.post_to_ledger($1, 1, 'adjustment', case n when $2 then $3 else 'purchase' end, null, null, '2026-01-05'::timestamptz + n * interval '1 ms')
    from generate_series(1, $2::integer) n`,
    [person.id, purchases, reason],
  );
  return person;
}

describe('an export', () => {
  test('holds exactly the rows of its filter, and says beforehand how many', async () => {
    const { id } = await accountWith(2_500);
    const path = `usage-entries.csv?from=2026-01-05&to=2026-01-05&types=adjustment&userId=${id}`;
    const { response, names, lines, total } = await exported(path, backend);
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="usage-entries.csv"',
    });
    expect([total, lines.length]).toEqual([2_500, 2_500]);
    const amounts = lines.map((line) => Number(line.split(',')[names.indexOf('amount')]));
    expect(amounts.reduce((sum, amount) => sum + amount, 0)).toBe(2_500);
    expect(new Set(lines).size).toBe(2_500);
    expect(lines[0]).toMatch(/^2026-01-05T00:00:02\.500000Z,/);
  });

  test('escapes formulas in text and leaves negative numbers alone', async () => {
    const { id } = await accountWith(1, '=1+1,"x"\nnext');
    await server.owner.query(
      `select private.post_to_ledger($1, -1, 'adjustment', '-5', null, null, '2026-01-05T01:00:00Z')`,
      [id],
    );
    const { response } = await exported(
      `usage-entries.csv?from=2026-01-05&to=2026-01-05&types=adjustment&userId=${id}`,
      backend,
    );
    expect(response.body).toContain(`,2,adjustment,-1,,,,,'-5\r\n`);
    expect(response.body).toContain(`,1,adjustment,1,,,,,"'=1+1,""x""\nnext"\r\n`);
  });

  test.each(Object.keys(exportInputs))('of %s is for staff', async (kind) => {
    const url = `${kind}.csv?${kind === 'usage-entries' ? 'from=2026-01-01&to=2026-01-31' : ''}`;
    const ofAdmin = await exported(url, { cookie: admin.cookie });
    expect(ofAdmin.response.statusCode).toBe(200);
    expect(ofAdmin.lines.join('\r\n').split('\r\n').length >= Math.min(1, ofAdmin.total)).toBe(true);
    expect((await exported(url, {})).response.statusCode).toBe(401);
    const user = await server.signUp();
    const own = await exported(url, { cookie: await server.signIn(user) });
    expect(own.response.statusCode).toBe(kind === 'usage-entries' ? 200 : 403);
    expect(own.total).toBe(kind === 'usage-entries' ? 0 : Number.NaN);
    const ofAnalyst = await exported(url, { cookie: analyst.cookie });
    expect(ofAnalyst.response.statusCode).toBe(['audit', 'staff', 'api-keys'].includes(kind) ? 403 : 200);
    expect(ofAnalyst.names.filter((name) => ['email', 'prompt', 'error_message'].includes(name))).toEqual([]);
    expect(ofAnalyst.response.body).not.toContain('@');
  });

  test('holds all keys, also when there are more than the database lists at once', async () => {
    await server.owner.query(
      `insert into private.api_keys (key_hash, prefix, name, role, made_by, created_at)
      select sha256(n::text::bytea), 'rdk_' || n, 'Key ' || n, 'backend', $1, '2026-01-05'::timestamptz + n / 3 * interval '1 us'
      from generate_series(1, 450) n`,
      [admin.person.id],
    );
    const { names, lines, total } = await exported('api-keys.csv', { cookie: admin.cookie });
    expect([total, lines.length]).toEqual([450, 450]);
    expect(new Set(lines.map((line) => line.split(',')[names.indexOf('name')])).size).toBe(450);
  });

  test('gives an end user his own rows only', async () => {
    const [own, other] = [await accountWith(3), await accountWith(4)];
    const cookie = await server.signIn(own);
    const range = 'usage-entries.csv?from=2026-01-05&to=2026-01-05&types=adjustment';
    expect((await exported(range, { cookie })).total).toBe(3);
    expect((await exported(`${range}&userId=${other.id}`, { cookie })).response.statusCode).toBe(403);
  });

  test.each([
    ['nothing.csv', 404, 'not_found'],
    ['usage-entries', 404, 'not_found'],
    ['usage-entries.csv?from=2026-01-01', 400, 'invalid_input'],
    ['usage-entries.csv?from=2026-02-01&to=2026-01-01', 400, 'invalid_input'],
    ['usage-entries.csv?from=2026-01-01&to=2026-01-02&types=gift', 400, 'invalid_input'],
    ['accounts.csv?minCredits=many', 400, 'invalid_input'],
  ])('%s is refused with %i', async (path, status, reason) => {
    const { response } = await exported(path, backend);
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({ error: { data: { reason } } });
  });

  test(
    'that nobody reads any more ends in the database, too, and gives its place back',
    { timeout: 90_000 },
    async () => {
      // More than the sockets on the way hold.
      const accounts = await Promise.all(Array.from({ length: 50 }, () => server.signUp()));
      await server.owner.query(
        `select private.post_to_ledger(id, 1, 'adjustment', repeat('long ', 100), null, null, '2025-02-02'::timestamptz + n * interval '1 ms')
      from unnest($1::uuid[]) id cross join generate_series(1, 200) n`,
        [accounts.map(({ id }) => id)],
      );
      const path = 'usage-entries.csv?from=2025-02-02&to=2025-02-02&types=adjustment';
      const cursors = async () => {
        const { rows } = await server.owner.query<{ n: number }>(
          `select count(*)::integer as n from pg_stat_activity
        where datname = current_database() and usename = 'reeldesk_api' and state = 'idle in transaction'`,
        );
        return rows[0]!.n;
      };
      const readABit = () =>
        new Promise<string | undefined>((resolve, reject) => {
          const request = get(`${server.url}/export/${path}`, { headers: backend }, (response) => {
            response.once('data', () => {
              request.destroy();
              resolve(response.headers['x-total-rows'] as string | undefined);
            });
          }).once('error', reject);
        });
      // More often than may be open at once: each is refused until one before has given its place back.
      for (let round = 0; round < 3; round++) {
        await vi.waitFor(async () => expect(await readABit()).toBe('10000'), { timeout: 15_000 });
      }
      await vi.waitFor(async () => expect(await cursors()).toBe(0), { timeout: 15_000 });
      await vi.waitFor(async () => expect((await exported(path, backend)).total).toBe(10_000), { timeout: 15_000 });
    },
  );
});
