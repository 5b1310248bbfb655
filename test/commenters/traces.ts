import { type Kysely, sql } from 'kysely';
import type { Database } from '../../src/database.ts';

/**
 * Where in the whole database something is still found: in any column of any table, the jobs' too, as text or as the bytes
 * of it, whatever its case.
 *
 * @returns `schema.table: row` for each row.
 */
export async function tracesOf(db: Kysely<Database>, needles: readonly string[]): Promise<string[]> {
  const { rows: tables } = await sql<{ schema: string; name: string }>`
    select table_schema as schema, table_name as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`.execute(db);
  const wanted = needles.flatMap((needle) => [needle, Buffer.from(needle).toString('hex')]);
  const found: string[] = [];
  for (const { schema, name } of tables) {
    const table = sql.table(`${schema}.${name}`);
    const { rows } = await sql<{ row: string }>`
      select whole::text as row from ${table} whole
      where exists (select from unnest(${wanted}::text[]) needle where position(lower(needle) in lower(whole::text)) > 0)`.execute(
      db,
    );
    found.push(...rows.map(({ row }) => `${schema}.${name}: ${row}`));
  }
  return found;
}
