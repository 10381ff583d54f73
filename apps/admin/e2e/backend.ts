import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createReeldeskClient } from '@reeldesk/api/client';
import pg from 'pg';
import type { Server } from './fixtures.ts';

interface Secrets {
  ownerPassword: string;
  publishableKey: string;
  secretKey: string;
}

async function secretsOf(server: Server): Promise<Secrets> {
  return JSON.parse(await readFile(join(server.dataDir, 'secrets.json'), 'utf8')) as Secrets;
}

/** The product's back end: another client of the API, beside the browser. */
export async function backendOf(server: Server): Promise<ReturnType<typeof createReeldeskClient>> {
  const { secretKey } = await secretsOf(server);
  return createReeldeskClient({ url: server.url, token: secretKey });
}

/** Changes by hand, as the schema's owner, what only time changes: a moment is moved instead of waited for. */
export async function changeByHand(server: Server, sql: string, values: unknown[]): Promise<void> {
  const { ownerPassword } = await secretsOf(server);
  // Its fourth line is the port.
  const port = (await readFile(join(server.dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[3];
  const client = new pg.Client(`postgres://postgres:${ownerPassword}@127.0.0.1:${port}/reeldesk`);
  await client.connect();
  try {
    await client.query(sql, values);
  } finally {
    await client.end();
  }
}

/** Somebody new, as the product signs people up: with an account and no role. */
export async function signUp(server: Server, email: string): Promise<{ email: string; password: string }> {
  const { publishableKey } = await secretsOf(server);
  const person = { email, password: 'correct horse battery staple' };
  const response = await fetch(`${server.url}/auth/v1/signup`, {
    method: 'POST',
    headers: { apikey: publishableKey, 'content-type': 'application/json' },
    body: JSON.stringify(person),
  });
  if (!response.ok) throw new Error(`Signing up failed: ${response.status} ${await response.text()}`);
  return person;
}
