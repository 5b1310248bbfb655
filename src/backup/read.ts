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

/**
 * Reads a backup from its beginning to its end, and believes nothing of it before.
 *
 * @throws RefusedError, or an error of zlib or the file system, where it cannot be read or is not whole.
 */
export async function checkBackup(file: string): Promise<{ header: BackupHeader; rows: RowCounts }> {
  const read = new Map<string, Buffer>();
  for await (const { name, content } of unseal(decompress(file))) {
    if (read.size === 0 && name !== headerFile) throw new RefusedError('is not a backup of Rejoinder');
    if (name === headerFile || name === rowsFile) read.set(name, content);
  }
  const header = readHeader(read.get(headerFile));
  return { header, rows: JSON.parse(String(read.get(rowsFile))) };
}

/** What is done with a table of a backup. `pieces` are to be read to their end; a table without rows has none. */
export type UseTable = (table: SavedTable, pieces: AsyncIterable<Buffer>) => Promise<void>;

/**
 * Reads the tables of a backup that was checked.
 *
 * @param rows how many each table has, as the check told.
 * @throws what the check does, in case that the file is another one by now: what was done with the tables has to be undone
 *   then.
 */
export async function readTables(
  file: string,
  { header, rows, useTable }: { header: BackupHeader; rows: RowCounts; useTable: UseTable },
): Promise<void> {
  const files = unseal(decompress(file));
  try {
    await files.next();
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
      if (count !== rows[table.name]) throw new RefusedError(`is damaged: the table “${table.name}” is not complete`);
    }
    while (!next.done) next = await files.next();
  } finally {
    await files.return(undefined);
  }
}

// An error on the way is met by whoever reads what comes out.
function decompress(file: string): AsyncIterable<Buffer> {
  return pipeline(createReadStream(file), createGunzip(), () => {});
}
