import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const secretsShape = z.object({
  superuserPassword: z.string(),
  /** Of `postgres`, who owns the schema. */
  ownerPassword: z.string(),
  /** Of `reeldesk_api`. */
  apiPassword: z.string(),
  /** Of `authenticator`, as whom the local Data API logs in. */
  dataApiPassword: z.string(),
  /** Of `supabase_auth_admin`, as whom the local Auth logs in. */
  authPassword: z.string(),
  jwtSecret: z.string(),
  publishableKey: z.string(),
  secretKey: z.string(),
  sessionSecret: z.string(),
});
export type Secrets = z.infer<typeof secretsShape>;

/** The passwords and keys of the built-in database, made on the first start and kept in `secrets.json`. */
export async function loadSecrets(dataDir: string): Promise<Secrets> {
  const path = join(dataDir, 'secrets.json');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return null;
    }
    throw error;
  });
  if (text !== null) {
    const parsed = secretsShape.safeParse(parseJson(text));
    if (!parsed.success) {
      throw new Error(`${path} is damaged. Put it back from a copy, or move ${dataDir} away for a new database.`);
    }
    return parsed.data;
  }
  const secrets: Secrets = {
    superuserPassword: random(),
    ownerPassword: random(),
    apiPassword: random(),
    dataApiPassword: random(),
    authPassword: random(),
    jwtSecret: random(48),
    publishableKey: apiKey('publishable'),
    secretKey: apiKey('secret'),
    sessionSecret: random(48),
  };
  await writePrivateJson(path, secrets);
  return secrets;
}

/** Writes a file that only its owner may read, whole or not at all. */
export async function writePrivateJson(path: string, value: unknown): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true, mode: 0o711 });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, path);
}

/** A password or key: `bytes` random bytes in letters, digits, `-` and `_`. */
export function random(bytes = 24): string {
  return randomBytes(bytes).toString('base64url');
}

// As Supabase makes them: 22 characters at random, then eight of a checksum.
function apiKey(kind: 'publishable' | 'secret'): string {
  const body = `sb_${kind}_${randomBytes(17).toString('base64url').slice(0, 22)}`;
  return `${body}_${createHash('sha256').update(body).digest('base64url').slice(0, 8)}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
