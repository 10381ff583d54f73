import pg from 'pg';
import type { Caller, OpenTransaction } from '../testing/caller.ts';

/** A statement whose one column `answer` is what the function answers. */
export interface Call {
  sql: string;
  params: readonly unknown[];
}

/** What a call came to: its answer, or the catalogue's reason why it was refused. */
export type Outcome =
  | { answer: Record<string, unknown> | boolean | number | undefined }
  | { reason: string; details: Record<string, unknown> };

/** A call by named arguments, as PostgREST makes it. */
export function call(functionName: string, args: Record<string, unknown>): Call {
  const named = Object.keys(args).map((name, index) => `${name} => $${index + 1}`);
  return { sql: `select ${functionName}(${named.join(', ')}) as answer`, params: Object.values(args) };
}

/** Five seconds for 15 credits, or what `differently` says. */
export function charge(userId: string, differently: Record<string, unknown> = {}): Call {
  return call('create_video_generation', {
    p_user_id: userId,
    p_prompt: 'A beautiful sunset',
    p_video_type: 'text_to_video',
    p_image_url: null,
    p_duration_seconds: 5,
    p_resolution: '1920x1080',
    p_quality: 'high',
    ...differently,
  });
}

export function refund(videoId: string, differently: Record<string, unknown> = {}): Call {
  return call('refund_video_credits', { p_video_id: videoId, p_reason: 'Wrong colours', ...differently });
}

export function adjust(userId: string, amount: number, differently: Record<string, unknown> = {}): Call {
  return call('adjust_credits', { p_user_id: userId, p_amount: amount, p_reason_code: 'correction', ...differently });
}

/** Makes the call and answers its outcome. Only a refusal of the contract is one: any other error is raised. */
export async function ask(by: Pick<Caller | OpenTransaction, 'query'>, { sql, params }: Call): Promise<Outcome> {
  try {
    const [row] = await by.query<{ answer?: Record<string, unknown> | boolean | number }>(sql, params);
    return { answer: row?.answer };
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code?.startsWith('PT') && error.detail !== undefined) {
      const { code, ...details } = JSON.parse(error.detail) as { code: string };
      return { reason: code, details };
    }
    throw error;
  }
}

/** A field of an answer that has to be there. */
export function answered(outcome: Outcome, field: string): unknown {
  if ('reason' in outcome || typeof outcome.answer !== 'object' || !(field in outcome.answer)) {
    throw new Error(`There is no ${field} in ${JSON.stringify(outcome)}.`);
  }
  return outcome.answer[field];
}

/** The video that a charge made. */
export function videoIdOf(outcome: Outcome): string {
  return String(answered(outcome, 'video_id'));
}

/** What is wrong with the books, by the database's own queries; nothing, always. */
export async function ledgerProblems(owner: Caller): Promise<object[]> {
  return owner.query('select * from private.ledger_problems()');
}
