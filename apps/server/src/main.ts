import { join } from 'node:path';
import closeWithGrace from 'close-with-grace';
import { AlreadyRunningError } from '@reeldesk/db/embedded-postgres-owner';
import { createApiKeyByCommand, revokeApiKeyByCommand } from './api-key-commands.ts';
import { ConfigError, readConfig, variables } from './env.ts';
import { grantAdmin } from './grant-admin.ts';
import { createLogger, describeForLog } from './http/log.ts';
import { StartError } from './port.ts';
import { rebuildUsage } from './rebuild-usage.ts';
import { startServer, type RunningServer } from './server.ts';

process.env['DO_NOT_TRACK'] ??= '1';

const help = `Reeldesk: the back office of an AI-video product that sells credits.

  npm start                                            start the server
  node apps/server/dist/main.js grant-admin <email>    make somebody who has signed up an admin
  node apps/server/dist/main.js create-api-key <email> <backend|staff> <name> [days]
                                                       make an API key in an admin's name, and show it this once
  node apps/server/dist/main.js revoke-api-key <id>    end an API key at once
  node apps/server/dist/main.js rebuild-usage          make the totals of the usage reports anew from the ledger

Settings, by environment variable:
${Object.entries(variables)
  .map(([name, meaning]) => `  ${name.padEnd(26)} ${meaning}`)
  .join('\n')}
`;

async function main(args: string[]): Promise<void> {
  const [command, argument] = args;
  if (command === undefined) {
    await serve();
  } else if (command === 'grant-admin' && argument !== undefined && args.length === 2) {
    const config = readConfig(process.env);
    await grantAdmin(config, argument);
    print(`${argument} is an admin now.`);
  } else if (command === 'create-api-key') {
    const { id, key } = await createApiKeyByCommand(readConfig(process.env), args.slice(1));
    print(`${key}\nThis is the key, shown this once. Its id, to end it with revoke-api-key: ${id}`);
  } else if (command === 'revoke-api-key') {
    await revokeApiKeyByCommand(readConfig(process.env), args.slice(1));
    print('The key opens nothing any more.');
  } else if (command === 'rebuild-usage' && args.length === 1) {
    print(await rebuildUsage(readConfig(process.env)));
  } else if (command === '--help' || command === '-h' || command === 'help') {
    print(help);
  } else {
    throw new StartError(`There is no command ${args.join(' ')}.\n\n${help}`);
  }
}

async function serve(): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger(config.logLevel);
  let isStopping = false;
  const starting = startServer(config, logger, print);
  closeWithGrace({ delay: 30_000, logger: false }, async ({ signal, err }) => {
    isStopping = true;
    if (err) {
      logger.fatal({ err: describeForLog(err) }, 'The server ends for an error');
      process.stderr.write(`${err.message}\n`);
    }
    if (signal) {
      print('Stopping…');
    }
    // Asked to stop while starting: what has begun is finished first, so that nothing is left behind.
    const server = await starting.catch(() => undefined);
    await server?.stop();
  });
  const server = await starting;
  if (isStopping) {
    return;
  }
  announce(server);
  await server.databaseEnded;
  if (!isStopping) {
    const log = join(config.dataDir, 'postgres.log');
    // From outside of this function, whose caller would end the process before the rest is stopped.
    setImmediate(() => {
      throw new StartError(`The built-in database has ended by itself, so the server stops. Its log: ${log}`);
    });
  }
}

function announce({ url, signIns, supabase, advice }: RunningServer): void {
  const lines = [`Reeldesk is up: ${url}`];
  for (const { role, email, password } of signIns) {
    lines.push(`Sign in as ${role.padEnd(8)} ${email}  password ${password}`);
  }
  if (supabase) {
    lines.push(`supabase-js: createClient('${supabase.url}', '${supabase.publishableKey}')`);
  }
  lines.push(...advice, 'Stop with Ctrl-C.');
  print(lines.join('\n'));
}

function print(message: string): void {
  process.stdout.write(`${message}\n`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof ConfigError || error instanceof StartError || error instanceof AlreadyRunningError) {
    process.stderr.write(`${error.message}\n`);
  } else {
    process.stderr.write(`Reeldesk did not start: ${error instanceof Error ? error.message : String(error)}\n`);
  }
  process.exit(1);
}
