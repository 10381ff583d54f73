import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createApiKey } from '@reeldesk/db/keys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, testKeys, type TestServer } from './testing/test-server.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));
// Among the compiled examples, whose packages they use.
const directory = join(root, 'examples', 'dist', 'guide');

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await mkdir(directory, { recursive: true });
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

async function accountWith(credits: number): Promise<{ id: string; email: string; password: string }> {
  const person = await server.signUp();
  await server.app.inject({
    method: 'POST',
    url: `/api/accounts/${person.id}/adjustments`,
    headers: { authorization: `Bearer ${testKeys.secretKey}` },
    payload: { amount: credits, reasonCode: 'purchase' },
  });
  return person;
}

async function runProgram(file: string, env: Record<string, string>, args: string[] = []): Promise<string[]> {
  const { stdout } = await run(process.execPath, [...args, file], { env: { PATH: process.env['PATH'], ...env } });
  return stdout.trimEnd().split('\n');
}

test("the guide's code compiles as it stands, and does what the guide says", async () => {
  const guide = await readFile(join(root, 'docs/frontend-integration-guide.md'), 'utf8');
  const blocks = [...guide.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
  expect(blocks.length).toBeGreaterThan(8);
  // Imports may stand anywhere in a module; so the blocks are one program, in their order.
  await writeFile(join(directory, 'guide.ts'), blocks.join('\n'));
  await writeFile(
    join(directory, 'transport.mjs'),
    `import WebSocket from 'ws';\nglobalThis.WebSocket ??= WebSocket;\n`,
  );
  await writeFile(
    join(directory, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../../tsconfig.base.json',
      compilerOptions: {
        composite: false,
        declarationMap: false,
        outDir: '.',
        rootDir: '.',
        typeRoots: [join(root, 'node_modules/@types')],
      },
      files: ['guide.ts'],
    }),
  );
  const compiled = run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', directory]);
  await compiled.catch((error: { stdout: string }) => expect.fail(error.stdout));

  const { email, password } = await accountWith(200);
  const output = await runProgram(
    join(directory, 'guide.js'),
    {
      SUPABASE_URL: server.url,
      SUPABASE_PUBLISHABLE_KEY: testKeys.publishableKey,
      REELDESK_URL: server.url,
      EMAIL: email,
      PASSWORD: password,
    },
    ['--import', join(directory, 'transport.mjs')],
  );
  expect(output).toEqual([
    'The old function answered string.',
    'Video generation started successfully: 15 credits used, 170 left.',
    '170 credits, 2 of 2 videos pending',
    'You have 170 of 1800 credits. Buy credits, or choose a shorter video, a lower resolution or a lower quality.',
    '1 active, 1 deleted',
    'Typed: 15 credits used, 155 left.',
    'Typed balance: 155',
    'Five seconds cost 15 credits.',
    'You have 155 of 1800 credits.',
    expect.stringMatching(/^resolution is not offered\. Choose one of: 1280x720, /),
    'REST: 200 success, videoId, transactionId, creditsUsed, creditsRemaining, message',
  ]);
});

test('the example runs against a real server with an API key, and says what it did', async () => {
  const customer = await accountWith(100);
  const admin = await server.signUp('admin');
  const { key } = await createApiKey(
    server.db,
    { kind: 'user', userId: admin.id },
    { name: 'The example', role: 'backend' },
  );
  const output = await runProgram(join(root, 'examples/dist/create-a-video.js'), {
    REELDESK_URL: server.url,
    REELDESK_API_KEY: key,
    CUSTOMER_ID: customer.id,
  });
  expect(output).toEqual([
    'Balance: 100 credits, 0 videos pending.',
    '900 credits are needed, 100 are there. Buy credits, or choose a shorter video, a lower resolution or a lower quality.',
    'Video generation started successfully: 15 credits used, 85 left.',
    'Balance: 85 credits, 0 videos pending.',
    'Credits refunded successfully: 15 credits.',
    'Balance: 100 credits, 0 videos pending.',
  ]);
});
