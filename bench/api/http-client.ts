import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Answer {
  status: number;
  body: string;
}

/** One kept-alive connection, one request at a time. A client library would take more time than most servers here. */
export interface HttpConnection {
  send(request: string): Promise<Answer>;
  close(): void;
}

export async function openHttp(port: number): Promise<HttpConnection> {
  // Read into one buffer: making and clearing one for each piece took a third of the generator's time.
  let space = Buffer.alloc(131_072);
  let filled = 0;
  let waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null;
  const room = () => {
    if (filled === space.length) {
      space = Buffer.concat([space], 2 * space.length);
    }
    return space.subarray(filled);
  };
  const take = (size: number) => {
    filled += size;
    const answer = waiting && readAnswer(space.subarray(0, filled));
    if (answer) {
      const { resolve } = waiting!;
      waiting = null;
      filled = 0;
      resolve(answer);
    }
    return true;
  };
  const onread = { buffer: room, callback: take };
  const socket: Socket = connect({ host: '127.0.0.1', port, noDelay: true, onread });
  await once(socket, 'connect');
  const fail = () => waiting?.reject(new Error('The connection was closed.'));
  socket.on('error', fail);
  socket.on('close', fail);
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

function readAnswer(received: Buffer): Answer | null {
  const end = received.indexOf('\r\n\r\n');
  if (end === -1) {
    return null;
  }
  const head = received.toString('latin1', 0, end).toLowerCase();
  const status = Number(head.slice(9, 12));
  const [, length] = /\r\ncontent-length: *(\d+)/.exec(head) ?? [];
  if (length !== undefined) {
    const until = end + 4 + Number(length);
    return received.length < until ? null : { status, body: received.toString('utf8', end + 4, until) };
  }
  if (!/\r\ntransfer-encoding: *chunked/.test(head)) {
    throw new Error(`An answer without an end: ${head}`);
  }
  return readChunks(received, end + 4, status);
}

function readChunks(received: Buffer, from: number, status: number): Answer | null {
  const pieces: Buffer[] = [];
  for (let at = from; ;) {
    const lineEnd = received.indexOf('\r\n', at);
    if (lineEnd === -1) {
      return null;
    }
    const size = Number.parseInt(received.toString('latin1', at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (received.length < next) {
      return null;
    }
    if (size === 0) {
      return { status, body: Buffer.concat(pieces).toString('utf8') };
    }
    pieces.push(received.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = next;
  }
}
