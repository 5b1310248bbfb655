import { sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import type { TrustedHtml } from '../text/trusted-html.ts';
import type { Draft } from './form.ts';
import { isReadable } from './lifecycle.ts';
import type { Verdict } from './policies.ts';
import type { ParentRow } from './queries.ts';
import type { SubmissionKeys } from './submission.ts';
import { keyAbove } from './thread.ts';

/** A comment that is to be stored. */
export interface NewComment {
  readonly conversationId: number;
  readonly parent: ParentRow | undefined;
  readonly draft: Draft;
  readonly html: TrustedHtml;
  readonly rendererVersion: number;
  readonly verdict: Verdict;
  /** One of the staff, or a guest in a browser; without an id that browser becomes known now. */
  readonly writer:
    | { readonly accountId: number }
    | { readonly browserId: number | undefined; readonly networkHash: Buffer };
  readonly keys: SubmissionKeys;
  readonly now: Date;
}

/**
 * Stores a comment at its place in the thread, with the key that it came under and how it was judged: in one statement,
 * since all who reply to a conversation wait for each other.
 *
 * @returns undefined where the key is taken: then nothing of the transaction may stay.
 */
export async function storeComment(
  trx: Transaction<Database>,
  comment: NewComment,
): Promise<{ commentId: number; browserId: number | undefined } | undefined> {
  const { conversationId, parent, draft, verdict, keys, now } = comment;
  const { accountId, browserId, networkHash } = { ...nobody, ...comment.writer };
  const { rows } = await sql<{ id: number; browser_id: number | null; is_first: boolean }>`
    with
    new_id as (select nextval('comment_id_seq')::integer as id),
    new_browser as (
      insert into browser (created_at)
      select ${now}::timestamptz where ${accountId === undefined && browserId === undefined}::boolean
      returning id
    ),
    stored as (
      insert into comment (
        id, conversation_id, parent_id, root_id, depth, path, status, shown, account_id, browser_id, name, email,
        email_proved, website, source, html, renderer_version, network_hash, created_at
      )
      select
        id, ${conversationId}, ${parent?.id ?? null}, coalesce(${parent?.root_id ?? null}::integer, id),
        ${(parent?.depth ?? 0) + 1}, ${keyAbove(parent?.path)}::bytea || decode(lpad(to_hex(id), 10, '0'), 'hex'),
        ${verdict.status}, ${isReadable(verdict.status)}, ${accountId ?? null},
        coalesce(${browserId ?? null}::integer, (select id from new_browser)),
        ${draft.name}, ${draft.email ?? null},
        exists (
          select from proved_address
          where browser_id = ${browserId ?? null}::integer and email = ${draft.email ?? null}::text
        ),
        ${draft.website ?? null}, ${draft.body}, ${comment.html.toString()}, ${comment.rendererVersion},
        ${networkHash ?? null}, ${now}
      from new_id
      returning id, browser_id
    ),
    judged as (
      insert into judgement (comment_id, rule, verdict, facts, opinions, judged_at)
      select id, ${verdict.rule}, ${verdict.status}, ${JSON.stringify(verdict.facts)}, ${JSON.stringify(verdict.opinions)}, ${now}
      from stored
    ),
    keyed as (
      insert into submission (key, comment_id, digest, created_at)
      select ${keys.key}::uuid, id, ${keys.digest}::bytea, ${now}::timestamptz from stored
      on conflict (key) do nothing
      returning comment_id
    )
    select id, browser_id, exists (select from keyed) as is_first from stored`.execute(trx);
  const row = rows[0];
  return row?.is_first ? { commentId: row.id, browserId: row.browser_id ?? undefined } : undefined;
}

const nobody: { accountId?: number | undefined; browserId?: number | undefined; networkHash?: Buffer | undefined } = {};
