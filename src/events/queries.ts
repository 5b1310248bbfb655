import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { givenRows } from '../given-rows.ts';
import { prepared } from '../prepared.ts';
import type { UndoableEvent } from './standing.ts';
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
  /** id of the event that this one takes back. */
  readonly undoes?: number | undefined;
  readonly numbers?: Readonly<Record<string, number>> | undefined;
  /** For the person concerned; kept beside the event. */
  readonly reason?: string | undefined;
  /** For staff; kept beside the event. */
  readonly note?: string | undefined;
  readonly now: Date;
}

/** Writes down that something happened, in the transaction in which it does. @returns the event's id. */
export async function recordEvent(trx: Transaction<Database>, event: NewEvent): Promise<number> {
  const [id] = await recordEvents(trx, [event]);
  return id as number;
}

/** The same for several things that happened together. @returns the ids of the events, in their order. */
export async function recordEvents(trx: Transaction<Database>, events: readonly NewEvent[]): Promise<number[]> {
  if (events.length === 0) return [];
  const given = events.map((event) => ({
    subject_kind: event.subjectKind,
    subject_id: event.subjectId,
    action: event.action,
    from_status: event.from,
    to_status: event.to,
    actor_id: event.actorId,
    rule: event.rule,
    batch: event.batch,
    undoes: event.undoes,
    numbers: event.numbers ?? {},
    created_at: event.now,
  }));
  const { rows } = await sql<{ id: number }>`
    ${prepared} insert into event (
      subject_kind, subject_id, action, from_status, to_status, actor_id, rule, batch, undoes, numbers, created_at,
      conversation_id
    )
    select
      subject_kind, subject_id, action, from_status, to_status, actor_id, rule, batch, undoes, numbers, created_at,
      ${conversationOf(events)}
    from ${givenRows('given', columns, given)}
    order by nth
    returning id`.execute(trx);
  const ids = rows.map(({ id }) => id);
  const notes = events.flatMap(({ reason = '', note = '' }, index) =>
    reason || note ? [{ event_id: ids[index] as number, reason, note }] : [],
  );
  if (notes.length > 0) await trx.insertInto('event_note').values(notes).execute();
  return ids;
}

const columns = {
  subject_kind: 'text',
  subject_id: 'integer',
  action: 'text',
  from_status: 'text',
  to_status: 'text',
  actor_id: 'integer',
  rule: 'text',
  batch: 'uuid',
  undoes: 'integer',
  numbers: 'jsonb',
  created_at: 'timestamptz',
} as const;

// Of kinds that are not among the events nothing is asked: Postgres would plan for each.
function conversationOf(events: readonly NewEvent[]): RawBuilder<number | null> {
  const kinds = [...new Set(events.map(({ subjectKind }) => subjectKind))].filter((kind) => kind in conversations);
  if (kinds.length === 0) return sql`null::integer`;
  const cases = kinds.map((kind) => sql`when ${kind} then ${conversations[kind]}`);
  return sql`case subject_kind ${sql.join(cases, sql` `)} end`;
}

const ofComment = sql`(select conversation_id from comment where id = subject_id)`;

const conversations: Readonly<Partial<Record<SubjectKind, RawBuilder<unknown>>>> = {
  conversation: sql`subject_id`,
  comment: ofComment,
  branch: ofComment,
  post: sql`(select conversation_id from post where id = subject_id)`,
  appeal: sql`(select conversation_id from comment where id = (select comment_id from appeal where appeal.id = subject_id))`,
  report: sql`(select conversation_id from comment where id = (select comment_id from report where report.id = subject_id))`,
};

/** What moderators arrange among themselves about a comment: it changes nothing of it, and comes before no decision. */
export const asides: readonly string[] = ['hand_over', 'hand_back'];

/** An event with who did it and its words. */
export type ToldEvent = Event & Pick<EventNote, 'reason' | 'note'> & { readonly actor_name: string | null };

/** The last thing that happened to each of these, by the subject's id; asides are none. */
export async function lastEvents(
  db: Kysely<Database>,
  { subjectKind, subjectIds }: { subjectKind: SubjectKind; subjectIds: readonly number[] },
): Promise<Map<number, ToldEvent>> {
  if (subjectIds.length === 0) return new Map();
  const rows = await selectTold(db)
    .modifyFront(prepared)
    .where('event.subject_kind', '=', subjectKind)
    .where('event.subject_id', '=', sql<number>`any(${subjectIds}::integer[])`)
    .where('event.action', '<>', sql<string>`all(${asides}::text[])`)
    .distinctOn('event.subject_id')
    .orderBy('event.subject_id')
    .orderBy('event.id', 'desc')
    .execute();
  return new Map(rows.map((row) => [row.subject_id, row]));
}

/**
 * Selects the id of the last thing that happened to a comment, asides being none; null: nothing did. In the statement that
 * reads the comment, both are of one moment: a decision that says it has seen this event has seen where the comment stood.
 */
export function lastEventOfComment(commentId: RawBuilder<unknown>): RawBuilder<number | null> {
  return sql<number | null>`(
    select last.id from event last
    where last.subject_kind = 'comment' and last.subject_id = ${commentId} and last.action <> all(${asides}::text[])
    order by last.id desc limit 1
  )`;
}

/** The last time that something was closed or opened, or that this was undone: a pin, the pace and settings are none of it. */
export function lastClosing(
  db: Kysely<Database>,
  { subjectKind, subjectId }: { subjectKind: SubjectKind; subjectId: number },
): Promise<ToldEvent | undefined> {
  return selectTold(db)
    .where('event.subject_kind', '=', subjectKind)
    .where('event.subject_id', '=', subjectId)
    .where(
      sql<boolean>`(action in ('close', 'close_later', 'reopen')
        or action = 'undo' and (numbers -> 'closure' is not null or numbers -> 'days_before' is not null and to_status is not null))`,
    )
    .orderBy('event.id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Some events with who did them and their words, the oldest first. */
export async function listEvents(db: Kysely<Database>, ids: readonly number[]): Promise<ToldEvent[]> {
  if (ids.length === 0) return [];
  return await selectTold(db).where('event.id', 'in', ids).orderBy('event.id').execute();
}

/** One event with who did it and its words. */
export function findEvent(db: Kysely<Database>, id: number): Promise<ToldEvent | undefined> {
  return selectTold(db).where('event.id', '=', id).executeTakeFirst();
}

// The columns of an `Event`, for a statement that names each.
const eventColumns = [
  'event.id',
  'event.subject_kind',
  'event.subject_id',
  'event.conversation_id',
  'event.action',
  'event.from_status',
  'event.to_status',
  'event.actor_id',
  'event.rule',
  'event.batch',
  'event.undoes',
  'event.numbers',
  'event.created_at',
] as const;

function selectTold(db: Kysely<Database>) {
  return db
    .selectFrom('event')
    .leftJoin('event_note', 'event_note.event_id', 'event.id')
    .leftJoin('account', 'account.id', 'event.actor_id')
    .select(eventColumns)
    .select((eb) => [
      eb.fn.coalesce('event_note.reason', eb.val('')).as('reason'),
      eb.fn.coalesce('event_note.note', eb.val('')).as('note'),
      'account.name as actor_name',
    ]);
}

/** The columns of a `DoneEvent`. */
export const doneColumns = [
  'id',
  'subject_kind',
  'subject_id',
  'conversation_id',
  'action',
  'actor_id',
  'from_status',
  'to_status',
  'batch',
  'numbers',
] as const;

/** What was done, as far as it takes to undo it. */
export type DoneEvent = Pick<Event, (typeof doneColumns)[number]>;

/** What was done in one go with an event, that itself among it; empty where there is none. */
export async function listDoneTogether(db: Kysely<Database>, eventId: number): Promise<DoneEvent[]> {
  const event = await db.selectFrom('event').select(doneColumns).where('id', '=', eventId).executeTakeFirst();
  if (!event?.batch) return event ? [event] : [];
  return db.selectFrom('event').select(doneColumns).where('batch', '=', event.batch).orderBy('id').execute();
}

/** All that happened to each of these, the oldest first, as far as undoing goes; by the subject's id. */
export async function listForUndo(
  db: Kysely<Database>,
  { subjectKind, subjectIds }: { subjectKind: SubjectKind; subjectIds: readonly number[] },
): Promise<Map<number, UndoableEvent[]>> {
  if (subjectIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('event')
    .select(['id', 'subject_id', 'undoes'])
    .where('subject_kind', '=', subjectKind)
    .where('subject_id', 'in', subjectIds)
    .where('action', 'not in', asides)
    // Closings of the site are not built on its settings.
    .where(sql<boolean>`not (subject_kind = 'site' and numbers ? 'version')`)
    // Nor is a post built on what left its text and its state alone, or on edits before earlier versions were kept.
    .where(sql<boolean>`not (subject_kind = 'post' and action = 'edit' and not numbers ? 'earlier_version')`)
    .orderBy('id')
    .execute();
  return Map.groupBy(rows, ({ subject_id }) => subject_id);
}
