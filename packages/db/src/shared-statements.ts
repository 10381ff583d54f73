import { AsyncResource } from 'node:async_hooks';

/** A call that may share its statement with others. */
export interface SharedCall {
  /** Whose call it is: nobody has more than half of a statement while others wait. */
  person: string;
  /** The account that the call locks; `null` when it only reads. */
  account: string | null;
  /** What `reeldesk.call_together` is given. */
  content: object;
}

export type SharedAnswer =
  | { answer: unknown; replayed?: boolean }
  /** Undone, as PostgreSQL would report it. */
  | { error: object }
  /** Undone, because somebody else holds the account's row, or waits for one of ours: its SQLSTATE. */
  | { busy: string };

/**
 * Sends a statement, and tells the traces of its calls of it: each is given as the asynchronous context in which the call
 * came. What is sent belongs to the first of them.
 */
export type TraceSharedStatement = <T>(
  calls: readonly [AsyncResource, ...AsyncResource[]],
  send: () => Promise<T>,
) => Promise<T>;

export interface SharedStatementsOptions {
  /** Makes the calls in one statement and answers them in their order. */
  send: (calls: readonly SharedCall[], lockTimeoutMs: number) => Promise<readonly SharedAnswer[]>;
  /** Calls in one statement at most. */
  callsPerStatement: number;
  /** Statements under way at once, of those that read and of those that write. */
  statementsAtOnce: number;
  /** How long a statement of several calls waits for one account's row. */
  lockTimeoutMs: number;
  trace?: TraceSharedStatement | undefined;
}

export interface SharedStatements {
  run(call: SharedCall): Promise<SharedAnswer>;
  /** Calls that wait for a statement to take them, and calls and statements so far. */
  state(): { waiting: number; calls: number; statements: number };
}

interface Waiting {
  call: SharedCall;
  /** Of the call, for its trace. */
  context: AsyncResource | null;
  resolve: (answer: SharedAnswer) => void;
  reject: (error: unknown) => void;
}

interface Lane {
  running: number;
  queue: Waiting[];
  isFilledSoon: boolean;
}

/**
 * Puts calls that arrive together, or while all statements are busy, into the next one. With little to do, a call is sent
 * at once and by itself; the more wait, the more share a round trip and a commit.
 *
 * An account whose row somebody else holds must not keep the others waiting: its calls leave their statement, one of
 * them waits for the row on a connection of its own, and the rest come back after it.
 */
export function createSharedStatements(options: SharedStatementsOptions): SharedStatements {
  const { send, callsPerStatement, statementsAtOnce, lockTimeoutMs, trace } = options;
  const reads: Lane = { running: 0, queue: [], isFilledSoon: false };
  const writes: Lane = { running: 0, queue: [], isFilledSoon: false };
  const busyAccounts = new Map<string, Promise<unknown>>();
  const accountsUnderWay = new Set<string>();
  const sent = { calls: 0, statements: 0 };

  async function run(call: SharedCall): Promise<SharedAnswer> {
    const { account } = call;
    if (account === null) {
      return enqueue(reads, call);
    }
    for (;;) {
      const busy = busyAccounts.get(account);
      if (busy) {
        // When that one fails for the row's sake, so would this one.
        await busy;
        continue;
      }
      const answer = await enqueue(writes, call);
      if (!('busy' in answer)) {
        return answer;
      }
      if (!busyAccounts.has(account)) {
        return waitForRow(account, call);
      }
    }
  }

  async function waitForRow(account: string, call: SharedCall): Promise<SharedAnswer> {
    const waits = sendCounted([call], 0).then(([answer]) => answer!);
    busyAccounts.set(account, waits);
    try {
      return await waits;
    } finally {
      busyAccounts.delete(account);
    }
  }

  function enqueue(lane: Lane, call: SharedCall): Promise<SharedAnswer> {
    return new Promise((resolve, reject) => {
      lane.queue.push({ call, context: trace ? new AsyncResource('SharedCall') : null, resolve, reject });
      fillSoon(lane);
    });
  }

  // Once all requests that have arrived are read: the first of them would otherwise leave by itself.
  function fillSoon(lane: Lane): void {
    if (!lane.isFilledSoon) {
      lane.isFilledSoon = true;
      setImmediate(() => {
        lane.isFilledSoon = false;
        fill(lane);
      });
    }
  }

  function fill(lane: Lane): void {
    while (lane.running < statementsAtOnce) {
      const group = takeFrom(lane.queue);
      if (group.length === 0) {
        return;
      }
      lane.running += 1;
      const accounts = group.map(({ call }) => call.account).filter((account) => account !== null);
      for (const account of accounts) {
        accountsUnderWay.add(account);
      }
      void sendTogether(group).finally(() => {
        lane.running -= 1;
        for (const account of accounts) {
          accountsUnderWay.delete(account);
        }
        fill(lane);
      });
    }
  }

  function sendCounted(calls: readonly SharedCall[], timeoutMs: number): Promise<readonly SharedAnswer[]> {
    sent.calls += calls.length;
    sent.statements += 1;
    return send(calls, timeoutMs);
  }

  async function sendTogether(group: Waiting[]): Promise<void> {
    try {
      const calls = group.map(({ call }) => call);
      const sendAll = () => sendCounted(calls, lockTimeoutMs);
      const [first, ...others] = trace ? group.flatMap(({ context }) => context ?? []) : [];
      const answers = await (trace && first ? trace([first, ...others], sendAll) : sendAll());
      for (const [index, { resolve }] of group.entries()) {
        resolve(answers[index]!);
      }
    } catch (error) {
      for (const { reject } of group) {
        reject(error);
      }
    }
  }

  /** Takes the calls of the next statement, in the order in which they came. */
  function takeFrom(queue: Waiting[]): Waiting[] {
    // Two statements with the same account would only wait for each other.
    const able = queue.filter(({ call }) => call.account === null || !accountsUnderWay.has(call.account));
    const taken = able.length > callsPerStatement ? takeFairly(able) : able;
    if (taken.length === queue.length) {
      return queue.splice(0);
    }
    const gone = new Set(taken);
    queue.splice(0, queue.length, ...queue.filter((each) => !gone.has(each)));
    return taken;
  }

  function takeFairly(able: readonly Waiting[]): Waiting[] {
    const counts = new Map<string, number>();
    const first: Waiting[] = [];
    const later: Waiting[] = [];
    for (const each of able) {
      const { person } = each.call;
      const count = counts.get(person) ?? 0;
      counts.set(person, count + 1);
      (count < callsPerStatement / 2 ? first : later).push(each);
    }
    return [...first, ...later].slice(0, callsPerStatement);
  }

  return { run, state: () => ({ waiting: reads.queue.length + writes.queue.length, ...sent }) };
}
