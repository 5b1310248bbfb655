import { RefusedError } from './refusal.ts';

/**
 * A backup is a tar archive (ustar) compressed with gzip, so that it can be opened without this program. Its files, in
 * this order:
 *
 * | file | what it holds |
 * |---|---|
 * | `backup.json` | a `BackupHeader`: what this is, when it was taken, and how the tables looked |
 * | `tables/<table>.<number>.copy` | the rows of a table as Postgres' `COPY … TO STDOUT` writes them: text, UTF-8, a line for each row |
 * | `rows.json` | `{ "<table>": number of rows }`, for every table of the header |
 * | `SHA256SUMS` | a line for each file before it, as `sha256sum --check` reads them |
 *
 * Tables stand in an order in which they can be loaded: what is referred to comes first. The text of a table is cut,
 * wherever that falls, into files of `pieceBytes`, numbered from 000001; a table without rows has none.
 *
 * The first file and the last keep their places in every layout. A changed one takes the next `formatNumber`; a file with a higher number than this program's is refused.
 */
export const formatNumber = 1;

/** The most that a file of the archive holds, and so the most that writing and reading keep in memory at a time. */
export const pieceBytes = 4 * 1024 * 1024;

export const headerFile = 'backup.json';
export const rowsFile = 'rows.json';
export const sumsFile = 'SHA256SUMS';

/** A table as it was saved. */
export interface SavedTable {
  readonly name: string;
  /** The columns in the order in which COPY wrote them; those that Postgres computes by itself are left out. */
  readonly columns: readonly string[];
  /** The column that is numbered by a sequence, and the number that comes next. Deleted rows keep their numbers used. */
  readonly numbered: { readonly column: string; readonly next: number } | null;
}

export interface BackupHeader {
  readonly program: 'rejoinder';
  readonly format: typeof formatNumber;
  /** When the snapshot was taken: ISO 8601, UTC. */
  readonly takenAt: string;
  /** Names of the migrations that had been applied, in order. */
  readonly migrations: readonly string[];
  readonly tables: readonly SavedTable[];
}

/** How many rows each table has, by its name. */
export type RowCounts = Record<string, number>;

/** What a backup holds, told after it was written or restored. */
export interface BackupSummary {
  readonly file: string;
  readonly takenAt: Date;
  readonly rows: Readonly<RowCounts>;
  /** Size of the file. */
  readonly bytes: number;
}

/** Told now and then while a table is written or loaded. */
export type OnProgress = (progress: { table: string; rows: number }) => void;

/** The name of one piece of a table. */
export function pieceName(table: string, number: number): string {
  return `tables/${table}.${String(number).padStart(6, '0')}.copy`;
}

/**
 * Reads `backup.json`.
 *
 * @throws RefusedError when it is not one, or one of a later format.
 */
export function readHeader(content: Buffer | undefined): BackupHeader {
  const header = parse(content);
  if (header?.program !== 'rejoinder' || typeof header.format !== 'number') {
    throw new RefusedError('is not a backup of Rejoinder');
  }
  if (header.format > formatNumber) {
    throw new RefusedError('was made by a newer version of Rejoinder: update this one first');
  }
  return header as unknown as BackupHeader;
}

function parse(content: Buffer | undefined): Record<string, unknown> | null {
  try {
    return JSON.parse(String(content));
  } catch {
    return null;
  }
}

/** How many rows a piece of COPY's text holds: line breaks within values are escaped, so each one ends a row. */
export function countRows(piece: Buffer): number {
  let rows = 0;
  for (let at = piece.indexOf(10); at !== -1; at = piece.indexOf(10, at + 1)) rows += 1;
  return rows;
}
