import { type Kysely, sql } from 'kysely';
import type { Database } from '../database.ts';
import { type StandingColumns, standingOfWriter, toStanding } from '../persons/queries.ts';
import type { Standing } from '../persons/standing.ts';
import { prepared } from '../prepared.ts';
import { countDisguised } from '../rules/disguise.ts';
import { readLinks } from '../rules/links.ts';
import type { RenderedComment } from '../text/comment-markdown.ts';
import { textOf } from '../text/plain-text.ts';
import type { TrustedHtml } from '../text/trusted-html.ts';
import { modeOf } from './closing.ts';
import type { ReplyTerms } from './conversation.ts';
import type { Facts } from './judge.ts';

const day = 86_400_000;

/** What is known of a comment before the database is asked about its writer. */
export type KnownFacts = Omit<Facts, keyof Counts | 'waiting'>;

const floodMinutes = 10;

/** Of whom the database is asked. */
export interface Writing {
  readonly browserId: number | undefined;
  readonly networkHash: Buffer | undefined;
  /**
   * The comment that is judged again since it was edited. It speaks neither for nor against itself, and what came after it is
   * no part of the flood that it may have come with.
   */
  readonly editedId?: number | undefined;
  /** When it was written. */
  readonly now: Date;
}

/** What the database has counted of a writer. */
type Counts = Pick<Facts, 'approvedBefore' | 'recentFromBrowser' | 'recentFromNetwork' | 'recentOnSite'>;

/** What the database knows of a writer. */
export interface History {
  readonly counts: Counts;
  /** How moderators decided to meet them. */
  readonly standing: Standing | undefined;
}

/**
 * What a text, the name over it and its place say by themselves.
 *
 * @param words see `wordsOf`.
 */
export function factsOf(
  rendered: RenderedComment,
  {
    writer: { name, website },
    words,
    staffRole,
    terms: { site, conversation, post },
    now,
  }: {
    writer: { readonly name: string; readonly website?: string | null | undefined };
    words: string;
    staffRole: Facts['staffRole'];
    terms: Pick<ReplyTerms, 'site' | 'conversation' | 'post'>;
    now: Date;
  },
): Pick<Facts, 'staffRole' | 'mode' | 'links' | 'hosts' | 'nameLink' | 'disguised' | 'postAgeDays'> {
  const published = post.published_at ?? now;
  const { count, hosts, inName } = readLinks({ html: rendered.html.toString(), name, website });
  return {
    staffRole,
    mode: modeOf({ mode: conversation.mode, siteMode: site.comment_mode }),
    links: count,
    hosts,
    nameLink: inName,
    disguised: countDisguised(words),
    postAgeDays: Math.max(0, Math.floor((now.getTime() - published.getTime()) / day)),
  };
}

/** The name and the text of a comment as they are read, for judges of words. */
export function wordsOf(name: string, html: TrustedHtml): string {
  return `${name}\n${textOf(html.toString())}`;
}

/** Completes the facts that the policies judge by. */
export async function gatherFacts(
  db: Kysely<Database>,
  { known, ...writing }: Writing & { known: KnownFacts },
): Promise<Facts> {
  const [history] = await gatherHistories(db, { writings: [writing], judged: false });
  return { ...known, ...(history as History).counts };
}

/**
 * Asks about the browsers and networks of writers, in one query.
 *
 * @param judged whether there may be anybody of whom moderators decided how to meet them: where not, it is not looked for.
 * @returns one for each, in their order.
 */
export async function gatherHistories(
  db: Kysely<Database>,
  { writings, judged }: { writings: readonly Writing[]; judged: boolean },
): Promise<History[]> {
  const since = ({ now }: Writing) => new Date(now.getTime() - floodMinutes * 60_000);
  // Some comments are enough to know whether one of them was approved, and those of another browser with an address that this
  // one has proved are looked for only where there are none of its own; a flood is counted to its limit. Asked for in an order
  // and some at a time, they are read from an index: else Postgres may expect to come across one soon anywhere.
  const { rows } = await sql<Counts & StandingColumns>`
    ${prepared} select
      case when here.approved > 0 then here.approved
      else (select count(*)::integer from (
        select from proved_address cross join lateral (
          select from comment
          where comment.email = proved_address.email and comment.email_proved and comment.status = 'approved'
            and comment.browser_id is distinct from writing.browser_id
          order by created_at desc limit 100
        ) theirs
        where proved_address.browser_id = writing.browser_id
        limit 100
      ) approved) end as "approvedBefore",
      (select count(*)::integer from (
        select from comment
        where comment.browser_id = writing.browser_id and created_at > since and id < coalesce(edited_id, 2147483647)
        order by created_at desc limit 100
      ) recent) as "recentFromBrowser",
      (select count(*)::integer from (
        select from comment
        where comment.network_hash = writing.network_hash and created_at > since and id < coalesce(edited_id, 2147483647)
        order by created_at desc limit 100
      ) recent) as "recentFromNetwork",
      (select count(*)::integer from (
        select created_at from comment where id < coalesce(edited_id, 2147483647) order by id desc limit 100
      ) latest where created_at > since) as "recentOnSite",
      standing.kind, standing.reason, standing.ends_at
    from unnest(
      ${writings.map(({ browserId }) => browserId ?? null)}::integer[],
      ${writings.map(({ networkHash }) => networkHash ?? null)}::bytea[],
      ${writings.map(({ editedId }) => editedId ?? null)}::integer[],
      ${writings.map(since)}::timestamptz[],
      ${writings.map(({ now }) => now)}::timestamptz[]
    ) with ordinality as writing (browser_id, network_hash, edited_id, since, now, place)
    cross join lateral (
      select count(*)::integer as approved from (
        select from comment
        where comment.browser_id = writing.browser_id and status = 'approved' and id is distinct from edited_id
        order by created_at desc limit 100
      ) approved
    ) here
    left join lateral ${judged ? standingOfWriter(writer) : nobodyJudged} standing on true
    order by place`.execute(db);
  return rows.map(({ kind, reason, ends_at, ...counts }) => ({
    counts,
    standing: toStanding({ kind, reason, ends_at }),
  }));
}

const nobodyJudged = sql`(select null as kind, null as reason, null::timestamptz as ends_at)`;

const writer = {
  browserId: sql.ref('writing.browser_id'),
  networkHash: sql.ref('writing.network_hash'),
  now: sql.ref('writing.now'),
};
