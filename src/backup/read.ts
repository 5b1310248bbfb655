import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import {
  type BackupHeader,
  countRows,
  headerFile,
  pieceName,
  type RowCounts,
  readHeader,
  rowsFile,
  type SavedTable,
} from './format.ts';
import { RefusedError } from './refusal.ts';
import { unseal } from './seal.ts';
import type { ArchivedFile } from './tar.ts';

/** What is done with a table of a backup. `pieces` are to be read to their end; a table without rows has none. */
export type UseTable = (table: SavedTable, pieces: AsyncIterable<Buffer>) => Promise<void>;

/**
 * Reads a backup from its beginning to its end, table by table.
 *
 * @throws RefusedError, or an error of zlib or the file system, where it cannot be read or is not whole. That may show at
 *   the very end, so what was done with its tables has to be undone then.
 */
export async function readBackup(file: string, useTable: UseTable): Promise<{ header: BackupHeader; rows: RowCounts }> {
  const files = unseal(decompress(file));
  try {
    const first = await files.next();
    if (first.done || first.value.name !== headerFile) throw new RefusedError('is not a backup of Rejoinder');
    const header = readHeader(first.value.content);
    const rows = await readTables(files, { header, useTable });
    return { header, rows };
  } finally {
    await files.return(undefined);
  }
}

/** Reads a backup without using it, to know that it is whole. */
export function checkBackup(file: string): ReturnType<typeof readBackup> {
  return readBackup(file, async (_table, pieces) => {
    for await (const _piece of pieces);
  });
}

async function readTables(
  files: AsyncGenerator<ArchivedFile>,
  { header, useTable }: { header: BackupHeader; useTable: UseTable },
): Promise<RowCounts> {
  const rows: RowCounts = {};
  let next = await files.next();
  for (const table of header.tables) {
    let number = 1;
    let count = 0;
    async function* pieces(): AsyncGenerator<Buffer> {
      while (!next.done && next.value.name === pieceName(table.name, number)) {
        number += 1;
        count += countRows(next.value.content);
        yield next.value.content;
        next = await files.next();
      }
    }
    await useTable(table, pieces());
    rows[table.name] = count;
  }
  const expected = !next.done && next.value.name === rowsFile ? JSON.parse(next.value.content.toString()) : {};
  if (header.tables.some(({ name }) => expected[name] !== rows[name])) {
    throw new RefusedError('is damaged: some of its tables are not complete');
  }
  await files.next();
  return rows;
}

// An error on the way is met by whoever reads what comes out.
function decompress(file: string): AsyncIterable<Buffer> {
  return pipeline(createReadStream(file), createGunzip(), () => {});
}
