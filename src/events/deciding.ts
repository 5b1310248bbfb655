import { type Kysely, sql } from 'kysely';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';
import { standingOf } from './standing.ts';

/** A rule that took part in a decision, with the numbers that its sentence names. */
export interface AppliedRule {
  readonly rule: string;
  readonly numbers: Readonly<Record<string, number>>;
}

/** By what a comment stands where it stands. */
export interface Deciding {
  readonly eventId: number;
  readonly action: string;
  /** The account that decided; null: a rule, or the writer. */
  readonly actorId: number | null;
  readonly actorName: string | null;
  /** For the person concerned; empty: none was given. */
  readonly reason: string;
  readonly decidedAt: Date;
  /** The rule that decided itself. */
  readonly rule: AppliedRule | undefined;
  /** The rule by which it waited, where it did. */
  readonly heldBy: AppliedRule | undefined;
}

interface DecidingRow extends AppliedRuleRow {
  readonly id: number;
  readonly subject_id: number;
  readonly undoes: number | null;
  readonly action: string;
  readonly from_status: string | null;
  readonly to_status: string | null;
  readonly actor_id: number | null;
  readonly actor_name: string | null;
  readonly reason: string;
  readonly created_at: Date;
}

interface AppliedRuleRow {
  readonly rule: string | null;
  readonly numbers: Readonly<Record<string, number>>;
}

/**
 * The event by which each of these comments stands where it stands, by the comment's id. Where a decision was undone, and
 * that undone again, it is the one that holds now.
 */
export async function decidingEvents(
  db: Kysely<Database>,
  comments: readonly { readonly id: number; readonly status: string }[],
): Promise<Map<number, Deciding>> {
  if (comments.length === 0) return new Map();
  const { rows } = await sql<DecidingRow>`
    ${prepared} select event.id, subject_id, undoes, action, from_status, to_status, actor_id, account.name as actor_name, rule, numbers,
      coalesce(event_note.reason, '') as reason, event.created_at
    from event
    left join event_note on event_note.event_id = event.id
    left join account on account.id = event.actor_id
    where subject_kind = 'comment' and subject_id = any(${comments.map(({ id }) => id)}::integer[])
    order by event.id`.execute(db);
  const histories = Map.groupBy(rows, ({ subject_id }) => subject_id);
  return new Map(
    comments.flatMap(({ id, status }) => {
      const history = histories.get(id) ?? [];
      const { holding } = standingOf(history);
      const decided = history.findLast((row) => row.undoes === null && row.to_status === status && holding.has(row.id));
      if (!decided) return [];
      const before = history
        .slice(0, history.indexOf(decided))
        .findLast(({ id: eventId, rule }) => rule !== null && holding.has(eventId));
      return [[id, toDeciding(decided, decided.from_status === 'pending' ? before : undefined)] as const];
    }),
  );
}

function toDeciding(row: DecidingRow, ruled: DecidingRow | undefined): Deciding {
  return {
    eventId: row.id,
    action: row.action,
    actorId: row.actor_id,
    actorName: row.actor_name,
    reason: row.reason,
    decidedAt: row.created_at,
    rule: appliedIn(row),
    heldBy: ruled && appliedIn(ruled),
  };
}

function appliedIn({ rule, numbers }: AppliedRuleRow): AppliedRule | undefined {
  return rule === null ? undefined : { rule, numbers };
}
