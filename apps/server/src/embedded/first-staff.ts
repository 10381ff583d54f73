import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { z } from 'zod';
import { random, writePrivateJson } from './secrets.ts';

const signIns = z.array(z.object({ role: z.enum(['admin', 'analyst']), email: z.string(), password: z.string() }));
export type SignIns = z.infer<typeof signIns>;

export interface FirstStaffOptions {
  dataDir: string;
  /** `postgres://…` of the schema's owner. */
  ownerUrl: string;
  publishableKey: string;
  auth: (request: Request) => Promise<Response>;
}

/**
 * Makes an admin and an analyst where there is no staff yet, and keeps their passwords in `sign-in.json`.
 * Answers what that file says; empty when somebody removed it.
 */
export async function ensureFirstStaff({
  dataDir,
  ownerUrl,
  publishableKey,
  auth,
}: FirstStaffOptions): Promise<SignIns> {
  const path = join(dataDir, 'sign-in.json');
  const kept = signIns.safeParse(await readJson(path)).data ?? [];
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'reeldesk first staff' });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from public.staff_members limit 1');
    if (rowCount !== 0) {
      return kept;
    }
    const staff: SignIns =
      kept.length > 0
        ? kept
        : [
            { role: 'admin', email: 'admin@reeldesk.local', password: random(12) },
            { role: 'analyst', email: 'analyst@reeldesk.local', password: random(12) },
          ];
    await writePrivateJson(path, staff);
    for (const { email, password } of staff) {
      await signUp(auth, publishableKey, email, password);
    }
    // Both or none, so that a start killed here is made up for by the next one.
    await client.query(
      `insert into public.staff_members (user_id, role)
      select u.id, s.role from json_to_recordset($1) as s (role text, email text) join auth.users u on u.email = s.email`,
      [JSON.stringify(staff)],
    );
    return staff;
  } finally {
    await client.end();
  }
}

async function signUp(
  auth: FirstStaffOptions['auth'],
  publishableKey: string,
  email: string,
  password: string,
): Promise<void> {
  const response = await auth(
    new Request('http://127.0.0.1/auth/v1/signup', {
      method: 'POST',
      headers: { apikey: publishableKey, 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    }),
  );
  if (response.ok) {
    return;
  }
  const answer = z
    .looseObject({ error_code: z.string().optional() })
    .safeParse(await response.json().catch(() => null));
  if (answer.data?.error_code !== 'user_already_exists') {
    throw new Error(
      `The local Supabase refused to make ${email} (HTTP ${response.status}, ${answer.data?.error_code ?? 'no code'}).`,
    );
  }
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return null;
  }
}
