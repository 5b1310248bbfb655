import { type Kysely, sql } from 'kysely';
import type { Database } from '../database.ts';
import { decidingEvents } from '../events/deciding.ts';
import { prepared } from '../prepared.ts';
import { type TrustedHtml, trustStored } from '../text/trusted-html.ts';
import type { CommentStatus } from './lifecycle.ts';
import type { ThreadRow } from './thread.ts';

/** A row of a conversation as one reader may see it. */
export interface ReadableComment extends ThreadRow {
  readonly depth: number;
  readonly createdAt: Date;
  readonly accountId: number | null;
  readonly status: CommentStatus;
  /** Whether it was written in this reader's browser; then it is here though it may not be approved. */
  readonly own: boolean;
  /** Why a moderator removed it, where that was said; undefined for all else. */
  readonly reason: string | undefined;
  /** What it says and who says so; undefined for a placeholder: the query itself leaves it out. */
  readonly content: ReadableContent | undefined;
  /** Another one stands for another version of the row. */
  readonly version: string;
}

/** What a comment says, and who says so. */
export interface ReadableContent {
  readonly name: string;
  readonly website: string | null;
  readonly html: TrustedHtml;
  /** When it was changed after others could read it; undefined: it was not. */
  readonly editedAt: Date | undefined;
  /** Whether its writer has proved by mail to have the address that it was written with. */
  readonly addressConfirmed: boolean;
}

// The transaction that wrote this version of the row (PostgreSQL manual, 5.6, system columns): nobody sees two versions that
// one transaction wrote, and the number comes again only after four thousand million others.
const version = sql<string>`xmin::text`;

/** A row of a conversation, and which version of it holds. */
export interface RowVersion {
  readonly id: number;
  readonly version: string;
}

/** Rows of a conversation and their versions, not yet narrowed down. */
export function selectVersions(db: Kysely<Database>) {
  return db
    .selectFrom('comment')
    .modifyFront(prepared)
    .select(['id', version.as('version')]);
}

/** The rows of a conversation, not yet narrowed down; text is read only of what stands in one of these statuses. */
export function selectRows(db: Kysely<Database>, readable: readonly CommentStatus[]) {
  return db
    .selectFrom('comment')
    .select(['id', 'parent_id', 'path', 'depth', 'created_at', 'edited_at', 'account_id', 'status', 'email_proved'])
    .select(version.as('version'))
    .select((eb) => {
      const may = eb('status', 'in', readable);
      return [
        eb.case().when(may).then(eb.ref('name')).end().as('name'),
        eb.case().when(may).then(eb.ref('website')).end().as('website'),
        eb.case().when(may).then(eb.ref('html')).end().as('html'),
      ];
    });
}

/** Makes a selected row one of the page. */
export function toReadable(
  row: Awaited<ReturnType<ReturnType<typeof selectRows>['execute']>>[number],
  own: boolean,
  reason?: string,
): ReadableComment {
  const { name, html, website } = row;
  const rest = { editedAt: row.edited_at ?? undefined, addressConfirmed: row.email_proved };
  return {
    id: row.id,
    parentId: row.parent_id,
    key: row.path,
    depth: row.depth,
    createdAt: row.created_at,
    accountId: row.account_id,
    status: row.status,
    reason: reason || undefined,
    own,
    content: name === null || html === null ? undefined : { name, website, html: trustStored(html), ...rest },
    version: row.version,
  };
}

/**
 * Reads what readers see of these rows, in their order. Rows that have stayed the same are not read again: what was printed
 * of them is remembered by them, so that a new reply has itself read and printed and not the two hundred around it.
 *
 * @param known rows of an earlier reading, as all readers see them.
 * @returns without what was taken down since their versions were read.
 */
export async function readRows(
  db: Kysely<Database>,
  versions: readonly RowVersion[],
  known: readonly ReadableComment[] = [],
): Promise<ReadableComment[]> {
  const rows = new Map(known.map((row) => [row.id, row]));
  const missing = versions.filter(({ id, version }) => rows.get(id)?.version !== version).map(({ id }) => id);
  for (const id of missing) rows.delete(id);
  if (missing.length > 0) {
    const read = await selectRows(db, ['approved'])
      .modifyFront(prepared)
      .where('id', '=', sql<number>`any(${missing}::integer[])`)
      .where('shown', '=', true)
      .execute();
    // A new decision is another version of the row, so a reason is read as often as the row that it belongs to.
    const decisions = await decidingEvents(
      db,
      read.filter(({ status }) => status === 'removed'),
    );
    for (const row of read) rows.set(row.id, toReadable(row, false, decisions.get(row.id)?.reason));
  }
  return versions.flatMap(({ id }) => rows.get(id) ?? []);
}
