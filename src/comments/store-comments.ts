import { sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import type { Fingerprint } from '../rules/fingerprint.ts';
import type { Place } from '../rules/places.ts';
import type { TrustedHtml } from '../text/trusted-html.ts';
import { cameBefore } from './first-answers.ts';
import type { Draft } from './form.ts';
import type { Verdict } from './judge.ts';
import { isReadable } from './lifecycle.ts';
import type { ParentRow } from './queries.ts';
import { type SubmissionKeys, sameSubmissionFor } from './submission.ts';
import { keyAbove } from './thread.ts';

/** A comment that is to be stored. */
export interface NewComment {
  readonly parent: ParentRow | undefined;
  readonly draft: Draft;
  readonly html: TrustedHtml;
  readonly rendererVersion: number;
  readonly verdict: Verdict;
  /** What its text is known by, to find copies; undefined: it is too short. */
  readonly fingerprint: Fingerprint | undefined;
  /** Where it leads, to find others that lead there. */
  readonly places: readonly Place[];
  /** One of the staff, or a guest in a browser; without an id that browser becomes known now. */
  readonly writer:
    | { readonly accountId: number; readonly browserId?: undefined; readonly networkHash?: undefined }
    | { readonly accountId?: undefined; readonly browserId: number | undefined; readonly networkHash: Buffer };
  readonly keys: SubmissionKeys;
  readonly now: Date;
}

/** What a stored comment is known by from now on. */
export interface StoredComment {
  readonly commentId: number;
  /** Undefined for one of the staff. */
  readonly browserId: number | undefined;
}

/**
 * Stores comments at their places in the thread, with the keys that they came under, what they are known by and how they were judged: in one
 * statement, since all who reply to a conversation wait for each other.
 *
 * @returns one for each, in their order: undefined for what came before. Undefined for all where one came at the same time
 * by another transaction: then nothing of this one may stay.
 */
export async function storeComments(
  trx: Transaction<Database>,
  { conversationId, comments }: { conversationId: number; comments: readonly NewComment[] },
): Promise<(StoredComment | undefined)[] | undefined> {
  const prints = comments.map(({ fingerprint }) => fingerprint);
  const { rows } = await sql<{ place: number; id: number; browser_id: number | null; is_first: boolean }>`
    with
    given as (
      select
        given.*,
        nextval('comment_id_seq')::integer as id,
        case when account_id is null then coalesce(known_browser_id, nextval('browser_id_seq')::integer) end as browser_id
      from unnest(
        ${comments.map(({ parent }) => parent?.id ?? null)}::integer[],
        ${comments.map(({ parent }) => parent?.root_id ?? null)}::integer[],
        ${comments.map(({ parent }) => (parent?.depth ?? 0) + 1)}::integer[],
        ${comments.map(({ parent }) => keyAbove(parent?.path))}::bytea[],
        ${comments.map(({ verdict }) => verdict.status)}::text[],
        ${comments.map(({ verdict }) => isReadable(verdict.status))}::boolean[],
        ${comments.map(({ writer }) => writer.accountId ?? null)}::integer[],
        ${comments.map(({ writer }) => writer.browserId ?? null)}::integer[],
        ${comments.map(({ writer }) => writer.networkHash ?? null)}::bytea[],
        ${comments.map(({ draft }) => draft.name)}::text[],
        ${comments.map(({ draft }) => draft.email ?? null)}::text[],
        ${comments.map(({ draft }) => draft.website ?? null)}::text[],
        ${comments.map(({ draft }) => draft.body)}::text[],
        ${comments.map(({ html }) => html.toString())}::text[],
        ${comments.map(({ rendererVersion }) => rendererVersion)}::integer[],
        ${comments.map(({ verdict }) => verdict.rule)}::text[],
        ${comments.map(({ verdict }) => JSON.stringify(verdict.facts))}::jsonb[],
        ${comments.map(({ verdict }) => JSON.stringify(verdict.opinions))}::jsonb[],
        ${comments.map(({ keys }) => keys.key)}::uuid[],
        ${comments.map(({ keys }) => keys.yesterday ?? null)}::uuid[],
        ${comments.map(({ now }) => new Date(now.getTime() - sameSubmissionFor))}::timestamptz[],
        ${comments.map(({ keys }) => keys.digest)}::bytea[],
        ${comments.map(({ now }) => now)}::timestamptz[],
        ${prints.map((print) => print?.exact ?? null)}::bytea[],
        ${prints.map((print) => print?.near && `{${print.near.minima.join(',')}}`)}::text[],
        ${prints.map((print) => print?.near?.bands[0] ?? null)}::integer[],
        ${prints.map((print) => print?.near?.bands[1] ?? null)}::integer[],
        ${prints.map((print) => print?.near?.bands[2] ?? null)}::integer[],
        ${prints.map((print) => print?.near?.bands[3] ?? null)}::integer[]
      ) with ordinality as given (
        parent_id, root_id, depth, key_above, status, shown, account_id, known_browser_id, network_hash, name, email, website,
        source, html, renderer_version, rule, facts, opinions, key, yesterday, since, digest, now,
        exact, minima, band_1, band_2, band_3, band_4, place
      )
      where not exists (
        select from submission where ${cameBefore('given')}
      )
    ),
    new_browser as (
      insert into browser (id, created_at)
      select browser_id, now from given where browser_id is distinct from known_browser_id and account_id is null
    ),
    stored as (
      insert into comment (
        id, conversation_id, parent_id, root_id, depth, path, status, shown, account_id, browser_id, name, email,
        email_proved, website, source, html, renderer_version, network_hash, held_by, unconfirmed_spam, created_at
      )
      select
        id, ${conversationId}::integer, parent_id, coalesce(root_id, id), depth,
        key_above || decode(lpad(to_hex(id), 10, '0'), 'hex'), status, shown, account_id, browser_id, name, email,
        exists (
          select from proved_address
          where proved_address.browser_id = given.known_browser_id and proved_address.email = given.email
        ),
        website, source, html, renderer_version, network_hash, case when status <> 'approved' then rule end,
        status = 'spam', now
      from given
    ),
    judged as (
      insert into judgement (comment_id, rule, verdict, facts, opinions, judged_at)
      select id, rule, status, facts, opinions, now from given
    ),
    printed as (
      insert into comment_fingerprint (comment_id, exact, minima, band_1, band_2, band_3, band_4, written_at)
      select id, exact, minima::smallint[], band_1, band_2, band_3, band_4, now from given where exact is not null
    ),
    keyed as (
      insert into submission (key, comment_id, digest, created_at)
      select key, id, digest, now from given
      on conflict (key) do nothing
      returning comment_id
    )
    select place::integer, id, browser_id, id in (select comment_id from keyed) as is_first from given`.execute(trx);
  if (!rows.every((row) => row.is_first)) return undefined;
  const stored = new Map(rows.map((row) => [row.place, row]));
  return comments.map((_comment, index) => {
    const row = stored.get(index + 1);
    return row && { commentId: row.id, browserId: row.browser_id ?? undefined };
  });
}
