import { expect, test } from 'vitest';
import { readEvents, type StreamMessage } from './event-stream.ts';

async function readAll(...parts: string[]): Promise<{ messages: StreamMessage[]; signsOfLife: number }> {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => {
      parts.forEach((part) => controller.enqueue(new TextEncoder().encode(part)));
      controller.close();
    },
  });
  const messages: StreamMessage[] = [];
  let signsOfLife = 0;
  for await (const message of readEvents(body, () => (signsOfLife += 1))) {
    messages.push(message);
  }
  return { messages, signsOfLife };
}

test('messages are read whole, wherever the network cuts them', async () => {
  const { messages, signsOfLife } = await readAll('event: ping\nda', 'ta: \n\nid: 7\ndata: {"a":', '1}\n\ndata: half');
  expect(messages).toEqual([
    { event: 'ping', data: '' },
    { event: 'message', data: '{"a":1}' },
  ]);
  expect(signsOfLife).toBe(3);
});

test('a message of several lines is one text', async () => {
  const { messages } = await readAll('event: message\ndata: one\ndata: two\n\n');
  expect(messages).toEqual([{ event: 'message', data: 'one\ntwo' }]);
});
