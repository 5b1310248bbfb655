import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../database.ts';
import type { Event, EventNote, SubjectKind } from './table.ts';

/** Something that happened, as it is told to the record. */
export interface NewEvent {
  readonly subjectKind: SubjectKind;
  readonly subjectId: number;
  readonly action: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The account that did it; none: a guest, or the software itself. */
  readonly actorId?: number | undefined;
  readonly rule?: string | undefined;
  /** UUID shared by what was done in one go. */
  readonly batch?: string | undefined;
  readonly numbers?: Readonly<Record<string, number>> | undefined;
  /** For the person concerned; kept beside the event. */
  readonly reason?: string | undefined;
  /** For staff; kept beside the event. */
  readonly note?: string | undefined;
  readonly now: Date;
}

/** Writes down that something happened, in the transaction in which it does. @returns the event's id. */
export async function recordEvent(trx: Transaction<Database>, event: NewEvent): Promise<number> {
  const { id } = await trx
    .insertInto('event')
    .values({
      subject_kind: event.subjectKind,
      subject_id: event.subjectId,
      action: event.action,
      from_status: event.from ?? null,
      to_status: event.to ?? null,
      actor_id: event.actorId ?? null,
      rule: event.rule ?? null,
      batch: event.batch ?? null,
      undoes: null,
      numbers: JSON.stringify(event.numbers ?? {}),
      created_at: event.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  if (event.reason || event.note) {
    const words = { reason: event.reason ?? '', note: event.note ?? '' };
    await trx
      .insertInto('event_note')
      .values({ event_id: id, ...words })
      .execute();
  }
  return id;
}

/** An event with who did it and its words. */
export type ToldEvent = Event & Pick<EventNote, 'reason' | 'note'> & { readonly actor_name: string | null };

/** The last thing that happened to each of these, by the subject's id. */
export async function lastEvents(
  db: Kysely<Database>,
  { subjectKind, subjectIds }: { subjectKind: SubjectKind; subjectIds: readonly number[] },
): Promise<Map<number, ToldEvent>> {
  if (subjectIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('event')
    .leftJoin('event_note', 'event_note.event_id', 'event.id')
    .leftJoin('account', 'account.id', 'event.actor_id')
    .selectAll('event')
    .select((eb) => [
      eb.fn.coalesce('event_note.reason', eb.val('')).as('reason'),
      eb.fn.coalesce('event_note.note', eb.val('')).as('note'),
      'account.name as actor_name',
    ])
    .where('event.subject_kind', '=', subjectKind)
    .where('event.subject_id', 'in', subjectIds)
    .distinctOn('event.subject_id')
    .orderBy('event.subject_id')
    .orderBy('event.id', 'desc')
    .execute();
  return new Map(rows.map((row) => [row.subject_id, row]));
}
