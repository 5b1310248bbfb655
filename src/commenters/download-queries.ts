import { type Kysely, sql } from 'kysely';
import { listRevisions } from '../comments/editing-queries.ts';
import type { Comment } from '../comments/table.ts';
import type { Database } from '../database.ts';
import { asides } from '../events/queries.ts';
import { addressMark } from '../persons/address-mark.ts';
import { writtenIds } from './written-queries.ts';

/** How many comments are held in memory at a time. */
const batch = 100;

/** All of one's own comments with whatever hangs on them, newest first, some at a time. */
export async function* readComments(
  db: Kysely<Database>,
  { browserId }: { browserId: number },
): AsyncGenerator<Record<string, unknown>> {
  let before: number | undefined;
  do {
    const { rows } = await sql<Comment>`
      select comment.* from (${writtenIds({ browserId, before, limit: batch })}) written
      join comment on comment.id = written.id
      order by comment.created_at desc, comment.id desc
      limit ${batch}`.execute(db);
    yield* await withAll(db, rows);
    before = rows.length === batch ? rows.at(-1)?.id : undefined;
  } while (before !== undefined);
}

async function withAll(db: Kysely<Database>, comments: readonly Comment[]): Promise<Record<string, unknown>[]> {
  const ids = comments.map(({ id }) => id);
  if (ids.length === 0) return [];
  const [revisions, judgements, submissions, events, appeals] = await Promise.all([
    listRevisions(db, ids),
    db.selectFrom('judgement').selectAll().where('comment_id', 'in', ids).orderBy('id').execute(),
    db.selectFrom('submission').select(['comment_id', 'key', 'created_at']).where('comment_id', 'in', ids).execute(),
    listEvents(db, ids),
    db
      .selectFrom('appeal')
      .select(['comment_id', 'text', 'created_at', 'outcome', 'decided_at'])
      .where('comment_id', 'in', ids)
      .orderBy('id')
      .execute(),
  ]);
  const of = <Row>(rows: readonly (Row & { comment_id: number })[]) =>
    Map.groupBy(rows, ({ comment_id }) => comment_id);
  const [judged, sent, happened, appealed] = [of(judgements), of(submissions), of(events), of(appeals)];
  return comments.map(({ path, network_hash, ...comment }) => ({
    ...comment,
    network_hash: network_hash?.toString('hex') ?? null,
    revisions: (revisions.get(comment.id) ?? []).map(without('comment_id')),
    judgements: (judged.get(comment.id) ?? []).map(without('comment_id')),
    submissions: (sent.get(comment.id) ?? []).map(without('comment_id')),
    events: (happened.get(comment.id) ?? []).map(without('comment_id')),
    appeals: (appealed.get(comment.id) ?? []).map(without('comment_id')),
  }));
}

// Who of the staff did it, and what they noted for each other, is theirs.
function listEvents(db: Kysely<Database>, commentIds: readonly number[]) {
  return db
    .selectFrom('event')
    .leftJoin('event_note', 'event_note.event_id', 'event.id')
    .select(['event.subject_id as comment_id', 'event.id', 'event.action', 'event.from_status', 'event.to_status'])
    .select(['event.rule', 'event.numbers', 'event.created_at', 'event_note.reason'])
    .where('event.subject_kind', '=', 'comment')
    .where('event.subject_id', 'in', commentIds)
    .where('event.action', 'not in', asides)
    .orderBy('event.id')
    .execute();
}

function without<Key extends string>(key: Key) {
  return <Row extends Record<Key, unknown>>({ [key]: _left, ...rest }: Row) => rest;
}

/**
 * What is kept of addresses beside the comments: where they were proved, which links were mailed when, what mail about
 * followed comments waits, and what was reported in this browser. What a mail says stays out, and that there is any other, a new password's say: its links are for
 * whoever reads the mailbox now, and a browser proved only that its person once did.
 */
export async function readAddresses(
  db: Kysely<Database>,
  { emails, browserId }: { emails: readonly string[]; browserId: number },
) {
  const [proved, links, mails, reports] = await Promise.all([
    db
      .selectFrom('proved_address')
      .select(['email', 'browser_id', 'proved_at'])
      .where('email', 'in', emails)
      .orderBy('proved_at')
      .limit(1000)
      .execute(),
    db
      .selectFrom('proof')
      .select(['email', 'browser_id', 'created_at', 'expires_at', 'used_at'])
      .where('email', 'in', emails)
      .orderBy('created_at')
      .limit(1000)
      .execute(),
    db
      .selectFrom('mail')
      .select(['recipient', 'created_at', 'failed_at'])
      .where('recipient', 'in', emails)
      .where('unsubscribe_url', 'is not', null)
      .where('sent_at', 'is', null)
      .orderBy('id')
      .limit(1000)
      .execute(),
    db
      .selectFrom('report')
      .select(['comment_id', 'kind', 'text', 'law', 'name', 'email', 'created_at', 'outcome', 'settled_at'])
      .where('browser_id', '=', browserId)
      .orderBy('id')
      .limit(1000)
      .execute(),
  ]);
  return { proved, links, mails, reports };
}

/** How moderators decided to meet whoever has these addresses, or uses this browser. What they noted for each other is theirs. */
export async function readStandings(
  db: Kysely<Database>,
  { browserId, emails }: { browserId: number; emails: readonly string[] },
) {
  return await db
    .selectFrom('standing')
    .select(['kind', 'browser_id', 'begins_at', 'ends_at', 'ended_at', 'reason'])
    .where(({ or, eb }) =>
      or([
        eb('browser_id', '=', browserId),
        eb(
          'address_hash',
          'in',
          sql<Buffer>`(select ${addressMark(sql.ref('email'))} from unnest(${emails}::text[]) as email)`,
        ),
      ]),
    )
    .orderBy('id')
    .limit(1000)
    .execute();
}
