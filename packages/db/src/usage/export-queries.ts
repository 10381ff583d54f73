import { accountOrder, searchCondition, type AccountSort } from '../accounts.ts';
import type { Reader } from '../actor.ts';
import { Prisma } from '../generated/client.ts';
import type { CsvColumnKind } from './csv.ts';
import { activeVideos, type VideoFilter } from '../videos.ts';
import { usageEntriesSource, type UsageEntriesInput } from './entries.ts';

/** What can be exported, each with the filter of its page. */
export type ExportRequest =
  | { kind: 'usage-entries'; input: UsageEntriesInput }
  | { kind: 'staff' | 'api-keys' | 'prices'; input: object }
  | { kind: 'videos'; input: VideoFilter }
  | { kind: 'deleted-videos'; input: { userId?: string | undefined } }
  | {
      kind: 'refund-candidates';
      input: {
        status?: ('failed' | 'completed')[] | undefined;
        userId?: string | undefined;
        refundState?: 'open' | 'refunded' | 'unusual' | undefined;
      };
    }
  | {
      kind: 'accounts';
      input: {
        search?: string | undefined;
        state?: 'open' | 'closed' | undefined;
        minCredits?: number | undefined;
        maxCredits?: number | undefined;
        sort?: AccountSort | undefined;
      };
    }
  | {
      kind: 'audit';
      input: {
        userId?: string | undefined;
        targetId?: string | undefined;
        action?: string | undefined;
        actorId?: string | undefined;
        createdFrom?: string | undefined;
        createdBefore?: string | undefined;
      };
    };

export interface ExportQuery {
  /** Names as the CSV's first line has them. */
  columns: { name: string; kind: CsvColumnKind }[];
  /** Selects those columns; moments as text with their microseconds. */
  rows: Prisma.Sql;
}

type Columns = [name: string, sql: string, kind?: CsvColumnKind][];

const moment = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const kindOfVideo: Columns = [
  ['video_type', 'v.video_type'],
  ['resolution', 'v.resolution'],
  ['quality', 'v.quality'],
  ['duration_seconds', 'v.duration_seconds', 'number'],
];

function select(columns: Columns, from: Prisma.Sql): ExportQuery {
  return {
    columns: columns.map(([name, , kind = 'text']) => ({ name, kind })),
    rows: Prisma.sql`select ${Prisma.raw(columns.map(([name, sql]) => `${sql} as "${name}"`).join(', '))} ${from}`,
  };
}

/** The query of an export, as somebody may read it: analysts get no e-mail, prompt or error text. */
export function exportQuery({ kind, input }: ExportRequest, reader: Reader): ExportQuery {
  const isAnalyst = reader === 'analyst';
  switch (kind) {
    case 'usage-entries':
      return select(
        [
          ['created_at', moment('t.created_at')],
          ['id', 't.id'],
          ['account_id', 't.user_id'],
          ['entry_no', 't.entry_no', 'number'],
          ['type', 't.type'],
          ['amount', 't.amount', 'number'],
          ['video_id', 't.video_id'],
          ['video_type', 't.video_type'],
          ['resolution', 't.resolution'],
          ['quality', 't.quality'],
          ['reason', 't.reason'],
        ],
        Prisma.sql`${usageEntriesSource(input)} order by t.created_at desc, t.id desc`,
      );
    case 'videos':
      return select(
        [
          ['created_at', moment('v.created_at')],
          ['id', 'v.id'],
          ['account_id', 'v.user_id'],
          ...(isAnalyst
            ? []
            : ([
                ['prompt', 'v.prompt'],
                ['error_message', 'v.error_message'],
              ] as Columns)),
          ...kindOfVideo,
          ['status', 'v.status'],
          ['credits_used', 'v.credits_used', 'number'],
        ],
        Prisma.sql`from public.videos v where ${activeVideos(input)}
          order by ${input.sort === 'oldest' ? Prisma.sql`v.created_at, v.id` : Prisma.sql`v.created_at desc, v.id desc`}`,
      );
    case 'deleted-videos':
      return select(
        [
          ['deleted_at', moment('v.deleted_at')],
          ['id', 'v.id'],
          ['account_id', 'v.user_id'],
          ...(isAnalyst ? [] : ([['prompt', 'v.prompt']] as Columns)),
          ...kindOfVideo,
          ['status', 'v.status'],
          ['credits_used', 'v.credits_used', 'number'],
          ['created_at', moment('v.created_at')],
        ],
        Prisma.sql`from public.videos v where v.deleted_at is not null ${ofAccount(input.userId, 'v')}
          order by v.deleted_at desc, v.id desc`,
      );
    case 'refund-candidates':
      return select(
        [
          ['created_at', moment('v.created_at')],
          ['id', 'v.id'],
          ['account_id', 'v.user_id'],
          ['status', 'v.status'],
          ...(isAnalyst ? [] : ([['error_message', 'v.error_message']] as Columns)),
          ['credits_charged', 'c.charged', 'number'],
          ['credits_refunded', 'c.refunded', 'number'],
          ['credits_refundable', 'greatest(c.charged - c.refunded, 0)', 'number'],
        ],
        Prisma.sql`from public.videos v
          cross join lateral (
            select coalesce(-sum(t.amount) filter (where t.type = 'charge'), 0) as charged,
              coalesce(sum(t.amount) filter (where t.type = 'refund'), 0) as refunded
            from public.credit_transactions t where t.video_id = v.id and t.user_id = v.user_id
          ) c
          where v.status in (${Prisma.join(input.status?.length ? input.status : ['failed', 'completed'])}) and c.charged > 0
            ${ofAccount(input.userId, 'v')}
            ${input.refundState === 'open' ? Prisma.sql`and c.charged > c.refunded` : Prisma.empty}
            ${input.refundState === 'refunded' ? Prisma.sql`and c.charged <= c.refunded` : Prisma.empty}
            ${input.refundState === 'unusual' ? Prisma.sql`and c.refunded > 0 and (v.status = 'completed' or c.charged > c.refunded)` : Prisma.empty}
          order by v.created_at desc, v.id desc`,
      );
    case 'accounts':
      return select(
        [
          ['created_at', moment('p.created_at')],
          ['id', 'p.id'],
          ...(isAnalyst ? [] : ([['email', 'p.email']] as Columns)),
          ['credits', 'p.credits', 'number'],
          ['ledger_entries', 'p.ledger_entries', 'number'],
          ['closed_at', moment('p.closed_at')],
        ],
        Prisma.sql`from public.profiles p
          where true ${input.search ? searchCondition(input.search, reader) : Prisma.empty}
            ${input.state ? Prisma.sql`and p.closed_at is ${Prisma.raw(input.state === 'open' ? 'null' : 'not null')}` : Prisma.empty}
            ${input.minCredits === undefined ? Prisma.empty : Prisma.sql`and p.credits >= ${input.minCredits}::integer`}
            ${input.maxCredits === undefined ? Prisma.empty : Prisma.sql`and p.credits <= ${input.maxCredits}::integer`}
          order by ${accountOrder(input.sort)}`,
      );
    case 'audit':
      return select(
        [
          ['created_at', moment('a.created_at')],
          ['id', 'a.id'],
          ['actor_id', 'a.actor_id'],
          ['actor_role', 'a.actor_role'],
          ['action', 'a.action'],
          ['target_type', 'a.target_type'],
          ['target_id', 'a.target_id'],
          ['account_id', 'a.user_id'],
          ['amount', 'a.amount', 'number'],
          ['reason', 'a.reason'],
          ['note', 'a.note'],
          ['request_id', 'a.request_id'],
          ['before', 'a.before::text'],
          ['after', 'a.after::text'],
        ],
        Prisma.sql`from public.audit_log a
          where true ${ofAccount(input.userId, 'a')}
            ${input.targetId === undefined ? Prisma.empty : Prisma.sql`and a.target_id = ${input.targetId}`}
            ${input.action === undefined ? Prisma.empty : Prisma.sql`and a.action = ${input.action}`}
            ${input.actorId === undefined ? Prisma.empty : Prisma.sql`and a.actor_id = ${input.actorId}::uuid`}
            ${input.createdFrom === undefined ? Prisma.empty : Prisma.sql`and a.created_at >= ${input.createdFrom}::timestamptz`}
            ${input.createdBefore === undefined ? Prisma.empty : Prisma.sql`and a.created_at < ${input.createdBefore}::timestamptz`}
          order by a.created_at desc, a.id desc`,
      );
    case 'staff':
      return select(
        [
          ['created_at', moment('s.created_at')],
          ['account_id', 's.user_id'],
          ['email', 'p.email'],
          ['role', 's.role'],
        ],
        Prisma.sql`from public.staff_members s left join public.profiles p on p.id = s.user_id
          order by s.role, p.email, s.user_id`,
      );
    case 'api-keys':
      return select(
        [
          ...['created_at', 'id', 'name', 'role', 'prefix', 'made_by', 'made_by_email'].map(keyField),
          ...['expires_at', 'last_used_at', 'revoked_at', 'state'].map(keyField),
        ],
        allApiKeys,
      );
    case 'prices':
      return select(
        [
          ['resolution', 'p.resolution'],
          ['quality', 'p.quality'],
          ['credits_per_second', 'p.credits_per_second', 'number'],
        ],
        Prisma.sql`from public.credit_prices p order by p.resolution, p.credits_per_second, p.quality`,
      );
    default:
      throw new Error('There is no such export.');
  }
}

// The function gives a page at a time, each key as JSON.
const allApiKeys = Prisma.sql`from (
    with recursive pages (number, keys) as (
      select 1, array(select k from desk.list_api_keys(p_limit => 200) k)
      union all
      select number + 1, array(select k from desk.list_api_keys(
        p_before => (keys[200] ->> 'created_at')::timestamptz, p_before_id => (keys[200] ->> 'id')::uuid, p_limit => 200) k)
      from pages where cardinality(keys) = 200
    )
    select number, position, key from pages cross join unnest(keys) with ordinality as k (key, position)
  ) k order by k.number, k.position`;

function keyField(name: string): Columns[number] {
  const text = `k.key ->> '${name}'`;
  return [name, name.endsWith('_at') ? moment(`(${text})::timestamptz`) : text];
}

function ofAccount(userId: string | undefined, alias: string): Prisma.Sql {
  return userId === undefined ? Prisma.empty : Prisma.sql`and ${Prisma.raw(alias)}.user_id = ${userId}::uuid`;
}
