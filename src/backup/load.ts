import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { sqlList } from './catalogue.ts';
import { countRows, type OnProgress, type SavedTable } from './format.ts';

/**
 * Tables whose numbers have left the site: signed in visitors' cookies and mailed links, or as addresses of comments. What the
 * site gave out between the backup and the restore must not come to stand for somebody else.
 */
const givenOut = ['browser', 'follower', 'subscription', 'comment', 'report'];

/** By how much those numbers move on with a restore: more than are given out between two backups. */
const movedOn = 1_000_000;

/** Loads the rows of a table, and has its numbers go on where they had come to, or beyond what may have been given out. */
export async function loadTable(
  client: pg.Client,
  {
    table,
    pieces,
    onProgress,
    stopping,
  }: { table: SavedTable; pieces: AsyncIterable<Buffer>; onProgress: OnProgress; stopping: AbortSignal },
): Promise<void> {
  const { name, columns, numbered } = table;
  async function* told(): AsyncGenerator<Buffer> {
    let rows = 0;
    for await (const piece of pieces) {
      yield piece;
      rows += countRows(piece);
      onProgress({ table: name, rows });
    }
  }
  const into = `copy ${sqlList([name])} (${sqlList(columns)}) from stdin with (format text, encoding 'UTF8')`;
  await pipeline(told(), client.query(copyFrom(into)), { signal: stopping });
  if (numbered) await continueNumbers(client, name, numbered);
}

// Not by setval, which a rollback would not undo.
async function continueNumbers(
  client: pg.Client,
  table: string,
  { column, next }: NonNullable<SavedTable['numbered']>,
): Promise<void> {
  const { rows } = await client.query('select pg_get_serial_sequence(quote_ident($1), $2) as sequence', [
    table,
    column,
  ]);
  const from = givenOut.includes(table) ? Number(next) + movedOn : Number(next);
  await client.query(`alter sequence ${rows[0].sequence} restart with ${from}`);
}
