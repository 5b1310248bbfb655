import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { renderComment } from '../text/comment-markdown.ts';
import { renderPost } from '../text/post-markdown.ts';
import { rendererVersion } from '../text/renderer-version.ts';

/** How each kind of writing is rendered. */
const renderers = {
  post: (source: string) => renderPost(source).html,
  comment: (source: string) => renderComment(source).html,
};

/** The tables in which writing lies beside its rendering. */
export type RenderedTable = keyof typeof renderers;

const batchSize = 100;

/**
 * Renders Markdown anew, batch by batch in the order of the ids. Stopped half way, the next run goes on with what is left,
 * unless that is to do all again.
 *
 * @param work `all`: also what the present rules made; `onProgress` is told after each batch.
 * @returns how many were rendered.
 */
export async function renderAnew(
  db: Kysely<Database>,
  {
    table,
    all,
    stopping,
    onProgress,
  }: {
    readonly table: RenderedTable;
    readonly all: boolean;
    readonly stopping: AbortSignal;
    readonly onProgress: (done: number, total: number) => void;
  },
): Promise<number> {
  const total = await countSources(db, { table, all });
  let done = 0;
  let last = 0;
  while (!stopping.aborted) {
    const batch = await nextSources(db, { table, all, after: last });
    for (const { id, source } of batch) await storeRendering(db, { table, id, source });
    last = batch.at(-1)?.id ?? last;
    done += batch.length;
    if (batch.length > 0) onProgress(done, Math.max(done, total));
    if (batch.length < batchSize) break;
  }
  return done;
}

async function countSources(
  db: Kysely<Database>,
  { table, all }: { table: RenderedTable; all: boolean },
): Promise<number> {
  const { count } = await db
    .selectFrom(table)
    .select((select) => select.fn.countAll().as('count'))
    .where('source_format', '=', 'markdown')
    .$if(!all, (query) => query.where('renderer_version', '<>', rendererVersion))
    .executeTakeFirstOrThrow();
  return Number(count);
}

function nextSources(
  db: Kysely<Database>,
  { table, all, after }: { table: RenderedTable; all: boolean; after: number },
): Promise<{ id: number; source: string }[]> {
  return db
    .selectFrom(table)
    .select(['id', 'source'])
    .where('source_format', '=', 'markdown')
    .$if(!all, (query) => query.where('renderer_version', '<>', rendererVersion))
    .where('id', '>', after)
    .orderBy('id')
    .limit(batchSize)
    .execute();
}

// What was edited since it was read was rendered by whoever did so.
async function storeRendering(
  db: Kysely<Database>,
  { table, id, source }: { table: RenderedTable; id: number; source: string },
): Promise<void> {
  await db
    .updateTable(table)
    .set({ html: renderers[table](source).toString(), renderer_version: rendererVersion })
    .where('id', '=', id)
    .where('source', '=', source)
    .execute();
}
