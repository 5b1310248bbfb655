import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { type DoneEvent, recordEvent, type ToldEvent } from '../events/queries.ts';
import { takeTurn } from '../turns.ts';
import { columnOf, lastDecided, lockStanding, type Person, setEnded } from './person.ts';
import type { KnownBy } from './standing.ts';
import type { StandingKind, StandingRow } from './table.ts';

/** A standing that is to be given. */
export interface NewStanding {
  readonly kind: StandingKind;
  readonly by: KnownBy;
  readonly endsAt: Date | null;
  readonly reason: string;
  readonly note: string;
}

/** What became of a decision about a person: `eventId` says so, and can be undone. */
export type StandingOutcome =
  | { readonly kind: 'done'; readonly eventId: number }
  /** Somebody else decided first; nothing was done. */
  | { readonly kind: 'overtaken'; readonly last: ToldEvent | undefined };

/**
 * Decides how a person is met. Waits for all replies that are being stored, and whatever comes after them is met so: nothing
 * of somebody who is shut out is taken any more once this is done.
 *
 * @param person known by what the standing names.
 * @param commentId on which it is decided.
 * @param seen id of the last event about the person that the moderator was shown; 0: none.
 */
export function giveStanding(
  db: Kysely<Database>,
  {
    person,
    commentId,
    standing,
    seen,
    actorId,
    now,
  }: {
    person: Person;
    commentId: number;
    standing: NewStanding;
    seen: number | undefined;
    actorId: number;
    now: Date;
  },
): Promise<StandingOutcome> {
  return db.transaction().execute(async (trx) => {
    await takeTurn(trx, { about: 'site', id: 1 });
    const last = await lastDecided(trx, person);
    if (seen !== undefined && (last?.id ?? 0) !== seen) {
      const same = last?.actor_id === actorId && isSame(await lockStanding(trx, last.subject_id), last, standing);
      return same ? { kind: 'done', eventId: last.id } : { kind: 'overtaken', last };
    }
    const { kind, by, endsAt, reason, note } = standing;
    const nobody: Person = { address_hash: null, browser_id: null, network_hash: null };
    const { id } = await trx
      .insertInto('standing')
      .values({
        ...nobody,
        [columnOf[by]]: person[columnOf[by]],
        kind,
        begins_at: now,
        ends_at: endsAt,
        reason,
        note,
        given_by: actorId,
        comment_id: commentId,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const event = { subjectKind: 'standing', subjectId: id, action: actionFor(kind), to: kind } as const;
    return { kind: 'done', eventId: await recordEvent(trx, { ...event, actorId, now }) };
  });
}

/** The action of the event that gives a standing. */
export function actionFor(kind: StandingKind): `stand_${StandingKind}` {
  return `stand_${kind}`;
}

// A form that was sent twice: what it asks for is what this very moderator decided last.
function isSame(row: StandingRow | undefined, event: ToldEvent, { kind, by, reason, note }: NewStanding): boolean {
  const sameWords = row?.reason === reason && row.note === note;
  return event.action === actionFor(kind) && sameWords && row[columnOf[by]] !== null;
}

/**
 * Ends a standing before its time.
 *
 * @returns undefined where there is none.
 */
export function endStanding(
  db: Kysely<Database>,
  { id, actorId, now }: { id: number; actorId: number; now: Date },
): Promise<StandingOutcome | { readonly kind: 'over' } | undefined> {
  return db.transaction().execute(async (trx) => {
    await takeTurn(trx, { about: 'site', id: 1 });
    const row = await lockStanding(trx, id);
    if (!row) return undefined;
    const last = await lastDecided(trx, row);
    if (row.ended_at)
      return last?.subject_id === id && last.action === 'end_standing' && last.actor_id === actorId
        ? { kind: 'done', eventId: last.id }
        : { kind: 'overtaken', last };
    if (row.ends_at && row.ends_at <= now) return { kind: 'over' };
    await setEnded(trx, { id, endedAt: now });
    const event = { subjectKind: 'standing', subjectId: id, action: 'end_standing', from: row.kind } as const;
    return { kind: 'done', eventId: await recordEvent(trx, { ...event, actorId, now }) };
  });
}

/**
 * Takes back that a standing was given or ended, or the undo of that: it holds no more, or again.
 *
 * @param event that can be undone.
 * @returns the id of the event that says so; undefined where its time is over, or where it does not stand as the event left it.
 */
export async function takeBackStanding(
  trx: Transaction<Database>,
  { event, actorId, now }: { event: DoneEvent; actorId: number; now: Date },
): Promise<number | undefined> {
  const { id: undoes, subject_id: id, from_status, to_status } = event;
  const row = await lockStanding(trx, id);
  const held = to_status !== null;
  const over = row?.ends_at && row.ends_at <= now;
  if (!row || over || (row.ended_at === null) !== held) return undefined;
  await setEnded(trx, { id, endedAt: held ? now : null });
  const steps = { from: to_status ?? undefined, to: from_status ?? undefined };
  const subject = { subjectKind: 'standing', subjectId: id, action: 'undo', undoes } as const;
  return await recordEvent(trx, { ...subject, ...steps, actorId, now });
}
