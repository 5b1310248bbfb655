import type pg from 'pg';
import { listAppliedMigrations, listTables, ownTables, sqlList } from './catalogue.ts';
import { RefusedError } from './refusal.ts';

/** Which rows a site has that was started, and never used: the ones that its migrations and the first start write. */
const writtenByFirstStart: Readonly<Record<string, string>> = {
  site: 'true',
  rule: 'true',
  secret: 'true',
  event: `action = 'first_start'`,
};

/**
 * Makes sure that there is nothing to lose: no tables, or those of a site that has no account, no post and no comment.
 * Nobody else reads or writes them from here to the end of the transaction.
 *
 * @throws RefusedError
 */
export async function refuseUnlessEmpty(client: pg.ClientBase): Promise<void> {
  const all = await ownTables(client);
  if (all.length === 0) return;
  if ((await listAppliedMigrations(client)).length === 0) {
    throw new RefusedError('The database holds tables of another program: restore into an empty one.');
  }
  await client.query(`lock table ${sqlList(all)} in access exclusive mode`);
  const filled: string[] = [];
  for (const { name } of await listTables(client)) {
    const { rows } = await client.query(
      `select exists (select from ${sqlList([name])} where not (${writtenByFirstStart[name] ?? 'false'})) as filled`,
    );
    if (rows[0].filled) filled.push(name);
  }
  if (filled.length > 0) {
    const some = filled.slice(0, 3).join(', ') + (filled.length > 3 ? ', …' : '');
    throw new RefusedError(`The database holds a site already (rows in ${some}): restore into an empty one.`);
  }
}

/**
 * Takes away the tables of a site that was never used, so that they can be made as they were when the backup was taken:
 * migrations know no way back.
 */
export async function clearSchema(client: pg.ClientBase): Promise<void> {
  const tables = await ownTables(client);
  if (tables.length === 0) return;
  const { rows } = await client.query<{ name: string }>(
    `select distinct f.oid::regprocedure::text as name
     from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_proc f on f.oid = t.tgfoid
     where not t.tgisinternal and c.relnamespace = current_schema()::regnamespace and f.pronamespace = c.relnamespace`,
  );
  await client.query(`drop table ${sqlList(tables)}`);
  for (const { name } of rows) await client.query(`drop function ${name}`);
}
