import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface FaultyProxy {
  /** The database's address by way of the proxy. */
  url: string;
  /** How many connections it refused so far. */
  refused(): number;
  /** Ends the connection on which a statement with this text comes next, once the database has answered it. */
  loseNextAnswer(text: string): void;
  /** How many answers it kept so far. */
  lost(): number;
  close(): Promise<void>;
}

/** Stands between a client and PostgreSQL, and fails as a network or a starting server does. */
export async function startFaultyProxy(databaseUrl: string, { refuse }: { refuse: number }): Promise<FaultyProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let refused = 0;
  let lost = 0;
  let textToLose: string | null = null;

  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => undefined);
    if (refused < refuse) {
      refused += 1;
      client.once('data', () => client.end(serverIsStarting()));
      return;
    }
    const database = connect(Number(target.port), target.hostname);
    sockets.add(database);
    database.on('error', () => undefined);
    let losesAnswer = false;
    client.on('data', (chunk: Buffer) => {
      if (textToLose !== null && chunk.includes(textToLose)) {
        textToLose = null;
        losesAnswer = true;
      }
      database.write(chunk);
    });
    database.on('data', (chunk: Buffer) => {
      if (losesAnswer) {
        lost += 1;
        client.destroy();
        database.destroy();
      } else {
        client.write(chunk);
      }
    });
    client.on('close', () => database.destroy());
    database.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as { port: number }).port);

  return {
    url: url.href,
    refused: () => refused,
    loseNextAnswer: (text) => {
      textToLose = text;
    },
    lost: () => lost,
    close: async () => {
      sockets.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
}

// ErrorResponse of the wire protocol: SQLSTATE 57P03, cannot_connect_now.
function serverIsStarting(): Buffer {
  const fields = Buffer.from('SFATAL\0C57P03\0Mthe database system is starting up\0\0');
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
