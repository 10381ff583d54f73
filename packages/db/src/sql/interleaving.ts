import type { Caller, OpenTransaction } from '../testing/caller.ts';
import { ask, type Call, type Outcome } from './calls.ts';

export interface Step {
  by: Caller;
  call: Call;
}

/**
 * Two calls in a scripted order: `first` is made and holds its locks; `second` is made and waits for
 * it; then `first` commits or rolls back. Answers both outcomes; `second` commits unless refused.
 * Raises when `second` does not wait.
 */
export async function interleave(
  observer: Caller,
  first: Step,
  second: Step,
  firstEnds: 'commit' | 'rollback',
): Promise<[Outcome, Outcome]> {
  const a = await first.by.begin();
  const firstOutcome = await ask(a, first.call);
  const b = await second.by.begin();
  const pending = ask(b, second.call);
  try {
    await untilBlocked(observer, b, a, pending);
  } catch (error) {
    await Promise.all([a.rollback(), b.rollback()]);
    throw error;
  }
  await a[firstEnds]();
  const secondOutcome = await pending;
  await ('reason' in secondOutcome ? b.rollback() : b.commit());
  return [firstOutcome, secondOutcome];
}

/** Resolves once `waiting` waits for a lock of `holder`'s; raises when its statement ends without. */
export async function untilBlocked(
  observer: Caller,
  waiting: OpenTransaction,
  holder: OpenTransaction,
  statement: Promise<unknown>,
): Promise<void> {
  let ended: unknown;
  const settle = (result: unknown) => {
    ended = { result };
  };
  statement.then(settle, settle);
  for (;;) {
    const [row] = await observer.query<{ blocked: boolean }>('select $1 = any (pg_blocking_pids($2)) as blocked', [
      holder.pid,
      waiting.pid,
    ]);
    if (row?.blocked) {
      return;
    }
    if (ended !== undefined) {
      throw new Error(`The second call did not wait for the first: ${JSON.stringify(ended)}`);
    }
  }
}
