import { type Kysely, type RawBuilder, sql } from 'kysely';
import { erasedStatuses } from '../comments/lifecycle.ts';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';
import { momentOf, type QueueFilter } from './filter.ts';
import { isWithinReach, type QueueOwner } from './queries.ts';

/** What a filter by a comment needs to know of that comment. */
export interface Subject {
  readonly id: number;
  readonly name: string;
  readonly account_id: number | null;
  readonly browser_id: number | null;
  /** Only where it was proved: a typed one says nothing. */
  readonly email: string | null;
  readonly network_hash: Buffer | null;
  readonly text_hash: string;
}

/** What is looked for, for whom, and from where on. */
export interface Search {
  readonly owner: QueueOwner;
  readonly filter: QueueFilter;
  /** The comment that a filter names; undefined where there is none within reach: then nothing matches. */
  readonly subject: Subject | undefined;
  /** The moment from which ages are counted. */
  readonly at: Date;
  /** id of the last comment that was looked at before; undefined: from the beginning. */
  readonly after: number | undefined;
}

/** A stretch of the queue that was looked through. */
export interface Found {
  /** Comments that match, in the order of the queue. */
  readonly ids: readonly number[];
  /** How many of the stretch match. */
  readonly matching: number;
  /** How long it is, and with which comment it ends. */
  readonly looked: number;
  readonly last: number | undefined;
  /** Whether the queue may go on behind it. */
  readonly more: boolean;
}

/**
 * How many comments one page looks through for what no index knows, such as words: so many cost milliseconds, and a page of a
 * long queue says that it goes on.
 */
export const stretch = 1_000;

/** More are not counted for a page. */
export const mostCounted = 1_000;

/**
 * Looks for what matches, from an index in the order of the queue, as far as one page may cost: what waits comes oldest first,
 * all else newest first.
 *
 * @param wanted how many are needed.
 */
export async function findMatching(
  db: Kysely<Database>,
  { wanted, ...search }: Search & { readonly wanted: number },
): Promise<Found> {
  const { source, rest } = conditionsOf(search);
  const length = rest.length > 0 ? Math.max(stretch, wanted) : wanted;
  const order = orderOf(search.filter);
  const { rows } = await sql<Omit<Found, 'more' | 'last'> & { last: number | null }>`
    ${prepared} with looked as materialized (${candidates(search, { source, rest, length })})
    select
      array(select id from looked where matches order by id ${order} limit ${sql.lit(wanted)}) as ids,
      (select count(*)::integer from looked where matches) as matching,
      (select count(*)::integer from looked) as looked,
      (select ${sql.raw(search.filter.status === 'pending' ? 'max' : 'min')}(id) from looked) as last`.execute(db);
  const { ids, matching, looked, last } = rows[0] as (typeof rows)[number];
  return { ids, matching, looked, last: last ?? undefined, more: looked === length };
}

/**
 * Counts what matches.
 *
 * @param most where to stop counting; undefined: never, which reads all that matches.
 */
export async function countMatching(
  db: Kysely<Database>,
  { most, ...search }: Omit<Search, 'after'> & { readonly most: number | undefined },
): Promise<number> {
  const whole = { ...search, after: undefined };
  const { source, rest } = conditionsOf(whole);
  const { rows } = await sql<{ count: number }>`
    ${prepared} select count(*)::integer as count
    from (${candidates(whole, { source, rest, length: most })}) looked where matches`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Whether something is asked that no index knows in the order of the queue: then a stretch of it is looked through. */
export function needsLooking(search: Omit<Search, 'after'>): boolean {
  return conditionsOf({ ...search, after: undefined }).rest.length > 0;
}

/** The comment that a filter is about, if it is within somebody's reach. */
export async function loadSubject(
  db: Kysely<Database>,
  { id, owner }: { id: number; owner: QueueOwner },
): Promise<Subject | undefined> {
  return db
    .selectFrom('comment')
    .modifyFront(prepared)
    .select(['id', 'name', 'account_id', 'browser_id', 'network_hash'])
    .select((eb) => eb.case().when('email_proved', '=', sql.lit(true)).then(eb.ref('email')).end().as('email'))
    .select(sql<string>`md5(source)`.as('text_hash'))
    .where('id', '=', id)
    .where('status', 'not in', erasedStatuses)
    .where(isWithinReach(owner))
    .executeTakeFirst();
}

type Condition = RawBuilder<boolean>;

interface Conditions {
  /** Each is an index in the order of the queue; what matches any of them is looked at. */
  readonly source: readonly Condition[] | 'own posts';
  /** What else must hold. */
  readonly rest: readonly Condition[];
}

// The most telling filter chooses the index; the others are asked of what it leads to.
function conditionsOf(search: Search): Conditions {
  const { filter, owner, at } = search;
  const likeness = likenessOf(search);
  const post = filter.postId === undefined ? [] : [onPost(filter.postId)];
  const rule = filter.rule ? [sql<boolean>`comment.held_by = ${filter.rule}`] : [];
  const reach = owner.reach === 'all' ? [] : [isWithinReach(owner)];
  // There is an index of texts over what waits only, and one of rules over all but what was published.
  const sameText = filter.like?.kind === 'same' && filter.status !== 'pending';
  const publishedRule = filter.status === 'approved';
  const further = [
    ...(publishedRule ? rule : []),
    ...(sameText ? likeness : []),
    ...(filter.age
      ? [
          sql<boolean>`comment.created_at ${sql.raw(filter.age.side === 'older' ? '<=' : '>')} ${momentOf(filter.age, at)}`,
        ]
      : []),
    ...(filter.text === '' ? [] : [containing(filter.text)]),
  ];
  if (filter.like && likeness.length === 0) return { source: [], rest: [] };
  if (filter.like && !sameText)
    return { source: likeness, rest: [...(publishedRule ? [] : rule), ...post, ...reach, ...further] };
  if (filter.rule && !publishedRule) return { source: rule, rest: [...post, ...reach, ...further] };
  if (filter.postId !== undefined)
    return { source: [sql<boolean>`${sql.join([...post, ...reach], sql` and `)}`], rest: further };
  return { source: owner.reach === 'all' ? [sql<boolean>`true`] : 'own posts', rest: further };
}

function candidates(
  search: Search,
  { source, rest, length }: Conditions & { readonly length: number | undefined },
): RawBuilder<unknown> {
  const { filter, owner, after, at } = search;
  const order = orderOf(filter);
  const key = keyOf(filter);
  const matches = rest.length === 0 ? sql`true` : sql`(${sql.join(rest, sql` and `)})`;
  const limits = [
    sql`comment.status = ${sql.lit(filter.status)}`,
    // Each of its orders has an index of its own, see migrations/029-spam.ts.
    ...(filter.unconfirmed ? [sql`comment.unconfirmed_spam`] : []),
    ...(after === undefined ? [] : [filter.status === 'pending' ? sql`${key} > ${after}` : sql`${key} < ${after}`]),
    ...boundsOfAge(filter, at),
  ];
  const read = (condition: RawBuilder<unknown>) => sql`(
    select comment.id, ${matches} as matches from comment
    where ${sql.join([condition, ...limits], sql` and `)}
    order by ${key} ${order} limit ${sql.lit(length ?? null)}
  )`;
  const parts =
    source === 'own posts'
      ? sql`
        select own.* from post
        cross join lateral ${read(sql`comment.conversation_id = post.conversation_id`)} own
        where exists (
          select from post_author where post_author.post_id = post.id and post_author.account_id = ${owner.viewer.id}
        ) and ${sql.lit(owner.reach === 'own')}`
      : sql.join(source.length === 0 ? [read(sql`false`)] : source.map(read), sql` union `);
  return sql`select id, matches from (${parts}) part order by id ${order} limit ${sql.lit(length ?? null)}`;
}

// What is newer than some age stands at the end of what waits, and the way there is long: it begins a little before, at the
// lowest id of those that came first after that moment, as many at a time as came together. What is older stands at the
// beginning, and what was taken over from elsewhere may be older than its id says: nothing is passed over.
function boundsOfAge({ status, age }: QueueFilter, at: Date): RawBuilder<unknown>[] {
  if (!age || age.side === 'older' || status !== 'pending') return [];
  return [
    sql`${keyOf({ status })} >= (
      select min(near.id) from (
        select id from comment where status = 'pending' and created_at > ${momentOf(age, at)}
        order by created_at fetch first 100 rows with ties
      ) near)`,
  ];
}

function likenessOf({ filter, subject }: Search): Condition[] {
  if (!filter.like || !subject) return [];
  const { account_id, browser_id, email, network_hash, text_hash } = subject;
  switch (filter.like.kind) {
    case 'by':
      return [
        ...(account_id === null ? [] : [sql<boolean>`comment.account_id = ${account_id}`]),
        ...(browser_id === null ? [] : [sql<boolean>`comment.browser_id = ${browser_id}`]),
        ...(email === null ? [] : [sql<boolean>`comment.email_proved and comment.email = ${email}`]),
      ];
    case 'network':
      return network_hash === null ? [] : [sql<boolean>`comment.network_hash = ${network_hash}`];
    case 'same':
      return [sql<boolean>`md5(comment.source) = ${text_hash}`];
  }
}

function onPost(postId: number): Condition {
  return sql<boolean>`comment.conversation_id = (select conversation_id from post where id = ${postId})`;
}

function containing(text: string): Condition {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  return sql<boolean>`(comment.source ilike ${pattern} or comment.name ilike ${pattern})`;
}

// The order of the indexes for moderators, see migrations/016-queue.ts; what is published has that of the feeds.
function keyOf({ status }: Pick<QueueFilter, 'status'>): RawBuilder<unknown> {
  return status === 'approved' ? sql`comment.id` : sql`comment.id::bigint`;
}

function orderOf({ status }: QueueFilter): RawBuilder<unknown> {
  return sql.raw(status === 'pending' ? 'asc' : 'desc');
}
