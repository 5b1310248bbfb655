import pg from 'pg';
import type { SavedTable } from './format.ts';

// Sessions stay behind, so that a restore signs nobody in who had signed out since; limits of attempts are stale within
// the hour, and replays within a day. A key to a service elsewhere is nobody's who gets hold of a backup: it is typed once more.
// Which migrations were applied is kept as a list instead of as rows.
const leftOut = ['session', 'rate_limit', 'replay', 'outside_key', 'kysely_migration', 'kysely_migration_lock'];

const isOwnTable = `c.relkind = 'r' and c.relnamespace = to_regnamespace(quote_ident(current_schema()))
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`;

/**
 * The tables that belong in a backup, in an order in which they can be loaded: all of the schema's
 * own but those named above, so that a new table is in it without anyone thinking of it.
 */
export async function listTables(client: pg.ClientBase): Promise<SavedTable[]> {
  const { rows } = await client.query<Found>(
    `select c.relname::text as name,
       array(select a.attname::text from pg_attribute a
             where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
             order by a.attnum) as columns,
       array(select parent.relname::text from pg_constraint f join pg_class parent on parent.oid = f.confrelid
             where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid) as "refersTo",
       numbered.column, numbered.sequence
     from pg_class c
     left join lateral (
       select a.attname::text as column, pg_get_serial_sequence(quote_ident(c.relname), a.attname) as sequence
       from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         and pg_get_serial_sequence(quote_ident(c.relname), a.attname) is not null
       limit 1) numbered on true
     where ${isOwnTable} and c.relname <> all ($1)
     order by c.relname`,
    [leftOut],
  );
  const tables: SavedTable[] = [];
  for (const { name, columns, column, sequence } of inLoadingOrder(rows)) {
    const numbered = column && sequence ? { column, next: await nextNumber(client, sequence) } : null;
    tables.push({ name, columns, numbered });
  }
  return tables;
}

/** Every table that the schema has, but for those that an extension brought. */
export async function ownTables(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname::text as name from pg_class c where ${isOwnTable} order by c.relname`,
  );
  return rows.map((row) => row.name);
}

/** Names of the migrations that this database has had, in order; none where it was never migrated. */
export async function listAppliedMigrations(client: pg.ClientBase): Promise<string[]> {
  const { rows: found } = await client.query(`select to_regclass('kysely_migration') is not null as migrated`);
  if (!found[0].migrated) return [];
  const { rows } = await client.query<{ name: string }>('select name from kysely_migration order by name collate "C"');
  return rows.map((row) => row.name);
}

/** Table names as a list for an SQL statement. */
export function sqlList(names: readonly string[]): string {
  return names.map((name) => pg.escapeIdentifier(name)).join(', ');
}

interface Found {
  name: string;
  columns: string[];
  refersTo: string[];
  column: string | null;
  sequence: string | null;
}

function inLoadingOrder(tables: Found[]): Found[] {
  const ordered: Found[] = [];
  let waiting = tables;
  while (waiting.length > 0) {
    const names = new Set(waiting.map((table) => table.name));
    const ready = waiting.filter((table) => !table.refersTo.some((name) => names.has(name)));
    if (ready.length === 0) throw new Error(`tables refer to each other in a circle: ${[...names].join(', ')}`);
    ordered.push(...ready);
    waiting = waiting.filter((table) => !ready.includes(table));
  }
  return ordered;
}

// A sequence stands outside of snapshots: read after one was taken, it is at least as far as any row of it.
async function nextNumber(client: pg.ClientBase, sequence: string): Promise<number> {
  const { rows } = await client.query(
    `select (last_value + is_called::integer)::double precision as next from ${sequence}`,
  );
  return rows[0].next;
}
