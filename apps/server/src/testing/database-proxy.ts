import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface DatabaseProxy {
  /** The database's address by way of this proxy. */
  url: string;
  /** As if the database were stopped, started again, or frozen. */
  become(state: 'open' | 'stopped' | 'frozen'): void;
  close(): Promise<void>;
}

/** Stands between the server and its database, which other tests use too and which can't be stopped for one. */
export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let state: 'open' | 'stopped' | 'frozen' = 'open';
  const proxy = createServer((client) => {
    sockets.add(client.on('error', () => undefined));
    if (state === 'stopped') {
      client.resetAndDestroy();
    } else if (state === 'open') {
      const database = connect(Number(target.port), target.hostname).on('error', () => undefined);
      sockets.add(database);
      client.pipe(database).pipe(client);
    }
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const url = new URL(databaseUrl);
  url.port = String((proxy.address() as AddressInfo).port);
  const disconnect = () => {
    sockets.forEach((socket) => socket.destroy());
    sockets.clear();
  };
  return {
    url: url.href,
    become: (next) => {
      state = next;
      if (next === 'frozen') {
        sockets.forEach((socket) => socket.unpipe().pause());
      } else {
        disconnect();
      }
    },
    close: async () => {
      disconnect();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
