import { sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { givenRows } from '../given-rows.ts';
import { prepared } from '../prepared.ts';
import type { Fingerprint } from '../rules/fingerprint.ts';
import type { Place } from '../rules/places.ts';
import type { TrustedHtml } from '../text/trusted-html.ts';
import { printColumns, printRow } from './copies.ts';
import type { Draft } from './form.ts';
import type { Verdict } from './judge.ts';
import { vouches } from './leads.ts';
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
 * Stores comments at their places in the thread, with the keys that they came under, what they are known by, where they lead, how they were judged
 * and the event: in one statement, since all who reply to a conversation wait for each other. Of one that another transaction
 * stores at the same time under the same key, nothing is stored here.
 *
 * @returns one for each, in their order: undefined for what came before.
 */
export async function storeComments(
  trx: Transaction<Database>,
  { conversationId, comments }: { conversationId: number; comments: readonly NewComment[] },
): Promise<(StoredComment | undefined)[]> {
  const given = comments.map(
    ({ parent, draft, html, rendererVersion, verdict, fingerprint, places, writer, keys, now }) => ({
      parent_id: parent?.id,
      root_id: parent?.root_id,
      depth: (parent?.depth ?? 0) + 1,
      key_above: keyAbove(parent?.path),
      status: verdict.status,
      shown: isReadable(verdict.status),
      account_id: writer.accountId,
      known_browser_id: writer.browserId,
      network_hash: writer.networkHash,
      name: draft.name,
      email: draft.email,
      website: draft.website,
      source: draft.body,
      html: html.toString(),
      renderer_version: rendererVersion,
      rule: verdict.rule,
      numbers: verdict.numbers,
      facts: verdict.facts,
      opinions: verdict.opinions,
      key: keys.key,
      yesterday: keys.yesterday,
      since: new Date(now.getTime() - sameSubmissionFor),
      digest: keys.digest,
      now,
      places: places.map(({ place }) => place),
      known: vouches(verdict),
      ...(fingerprint && printRow(fingerprint)),
    }),
  );
  const { rows } = await sql<{ nth: number; id: number; browser_id: number | null }>`
    ${prepared} with
    given as (
      select
        given.*,
        nextval('comment_id_seq')::integer as id,
        case when account_id is null then coalesce(known_browser_id, nextval('browser_id_seq')::integer) end as browser_id
      from ${givenRows('given', commentColumns, given)}
    ),
    keyed as (
      insert into submission (key, comment_id, digest, created_at)
      select key, id, digest, now from given
      where yesterday is null or not exists (
        select from submission earlier where earlier.key = yesterday and earlier.created_at > since
      )
      on conflict (key) do nothing
      returning comment_id
    ),
    first as (
      select * from given where id in (select comment_id from keyed)
    ),
    new_browser as (
      insert into browser (id, created_at)
      select browser_id, now from first where browser_id is distinct from known_browser_id and account_id is null
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
          where proved_address.browser_id = first.known_browser_id and proved_address.email = first.email
        ),
        website, source, html, renderer_version, network_hash, case when status <> 'approved' then rule end,
        status = 'spam', now
      from first
    ),
    judged as (
      insert into judgement (comment_id, rule, verdict, facts, opinions, judged_at)
      select id, rule, status, facts, opinions, now from first
    ),
    printed as (
      insert into comment_fingerprint (comment_id, exact, minima, band_1, band_2, band_3, band_4, written_at)
      select id, exact, minima, band_1, band_2, band_3, band_4, now from first where exact is not null
    ),
    placed as (
      insert into comment_place (comment_id, place, known, written_at)
      select id, place, known, now from first cross join lateral jsonb_array_elements_text(places) as place
    ),
    written_down as (
      insert into event (
        subject_kind, subject_id, action, to_status, actor_id, rule, numbers, created_at, conversation_id
      )
      select 'comment', id, 'post', status, account_id, rule, numbers, now, ${conversationId}::integer from first order by nth
    )
    select nth::integer, id, browser_id from first`.execute(trx);
  const stored = new Map(rows.map((row) => [row.nth, row]));
  return comments.map((_comment, index) => {
    const row = stored.get(index + 1);
    return row && { commentId: row.id, browserId: row.browser_id ?? undefined };
  });
}

const commentColumns = {
  parent_id: 'integer',
  root_id: 'integer',
  depth: 'integer',
  key_above: 'bytea',
  status: 'text',
  shown: 'boolean',
  account_id: 'integer',
  known_browser_id: 'integer',
  network_hash: 'bytea',
  name: 'text',
  email: 'text',
  website: 'text',
  source: 'text',
  html: 'text',
  renderer_version: 'integer',
  rule: 'text',
  numbers: 'jsonb',
  facts: 'jsonb',
  opinions: 'jsonb',
  key: 'uuid',
  yesterday: 'uuid',
  since: 'timestamptz',
  digest: 'bytea',
  now: 'timestamptz',
  places: 'jsonb',
  known: 'boolean',
  ...printColumns,
} as const;
