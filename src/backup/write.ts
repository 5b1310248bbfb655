import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { listAppliedMigrations, listTables, sqlList } from './catalogue.ts';
import { plainSettings, withClient } from './client.ts';
import {
  type BackupHeader,
  type BackupSummary,
  countRows,
  formatNumber,
  headerFile,
  type OnProgress,
  pieceBytes,
  pieceName,
  type RowCounts,
  rowsFile,
} from './format.ts';
import { type Refusal, RefusedError, refusalOf } from './refusal.ts';
import { seal } from './seal.ts';
import type { ArchivedFile } from './tar.ts';
import { writeWholeFile } from './whole-file.ts';

/**
 * Saves the site in one file, as it is at this moment, while it goes on being used. The file has its name only once it is
 * whole and on the disk. Nobody but its owner may read it, since addresses and password hashes are in it.
 *
 * @param options `stopping` ends the work; what was written is removed, and an AbortError thrown.
 * @returns a refusal where the file exists or cannot be made, or where the database holds no site.
 */
export async function writeBackup(
  pool: pg.Pool,
  { file, now, onProgress, stopping }: { file: string; now: () => Date; onProgress: OnProgress; stopping: AbortSignal },
): Promise<BackupSummary | Refusal> {
  const takenAt = now();
  const rows: RowCounts = {};
  try {
    await writeWholeFile(file, (output) =>
      withClient(pool, async (client) => {
        const header = await takeSnapshot(client, takenAt);
        const files = archivedFiles(client, { header, rows, onProgress });
        await pipeline(seal(files, takenAt), createGzip(), output, { signal: stopping });
        await client.query('commit');
      }),
    );
    return { file, takenAt, rows, bytes: (await stat(file)).size };
  } catch (error) {
    return refusalOf(error, file);
  }
}

/**
 * Begins a transaction that sees one moment of the database. The tables are locked before that moment, against being
 * altered only: rows of a table that is rewritten later would be gone from the snapshot.
 */
async function takeSnapshot(client: pg.Client, takenAt: Date): Promise<BackupHeader> {
  const known = await listTables(client);
  if ((await listAppliedMigrations(client)).length === 0) {
    throw new RefusedError('There is nothing to save: the database holds no site.');
  }
  await client.query(`begin isolation level repeatable read read only; ${plainSettings}`);
  await client.query(`lock table ${sqlList(known.map((table) => table.name))} in access share mode`);
  return {
    program: 'rejoinder',
    format: formatNumber,
    takenAt: takenAt.toISOString(),
    migrations: await listAppliedMigrations(client),
    tables: await listTables(client),
  };
}

async function* archivedFiles(
  client: pg.Client,
  { header, rows, onProgress }: { header: BackupHeader; rows: RowCounts; onProgress: OnProgress },
): AsyncGenerator<ArchivedFile> {
  yield { name: headerFile, content: toJson(header) };
  for (const table of header.tables) {
    let number = 0;
    let count = 0;
    const select = `copy ${sqlList([table.name])} (${sqlList(table.columns)}) to stdout with (format text, encoding 'UTF8')`;
    for await (const content of inPieces(client.query(copyTo(select)))) {
      number += 1;
      count += countRows(content);
      yield { name: pieceName(table.name, number), content };
      onProgress({ table: table.name, rows: count });
    }
    rows[table.name] = count;
  }
  yield { name: rowsFile, content: toJson(rows) };
}

async function* inPieces(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let room = pieceBytes;
  for await (let chunk of stream) {
    while (chunk.length >= room) {
      yield Buffer.concat([...parts, chunk.subarray(0, room)]);
      chunk = chunk.subarray(room);
      parts = [];
      room = pieceBytes;
    }
    parts.push(chunk);
    room -= chunk.length;
  }
  if (room < pieceBytes) yield Buffer.concat(parts);
}

function toJson(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}
