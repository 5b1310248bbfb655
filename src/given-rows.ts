import { type RawBuilder, sql } from 'kysely';

/** What a column of given rows may be of. */
type ColumnType = 'boolean' | 'bytea' | 'integer' | 'jsonb' | 'smallint[]' | 'text' | 'timestamptz' | 'uuid';

/**
 * Rows that a statement is given, to stand in its `from`, each with its number `nth`, from 1 on. They are one parameter, of JSON: how
 * many rows are in an array Postgres sees before it plans, so that it may never come to keep a plan; and it makes a table of each
 * array, which takes longer than to read JSON.
 *
 * @param name by which the statement calls a row.
 * @param columns their names and types; what is bytes is a Buffer in the rows, what is a time a Date, what is missing null.
 */
export function givenRows<Name extends string>(
  name: string,
  columns: Readonly<Record<Name, ColumnType>>,
  rows: readonly Readonly<Partial<Record<NoInfer<Name>, unknown>>>[],
): RawBuilder<unknown> {
  const names = Object.keys(columns) as Name[];
  const json = JSON.stringify(rows.map((row) => valuesOf(names, row)));
  const typed = names.map((column) => `${column} ${columns[column]}`).join(', ');
  return sql`rows from (json_to_recordset(${json}::json) as (${sql.raw(typed)})) with ordinality
    as ${sql.ref(name)} (${sql.raw(names.join(', '))}, nth)`;
}

function valuesOf<Name extends string>(names: readonly Name[], row: Readonly<Partial<Record<Name, unknown>>>) {
  const values: Record<string, unknown> = {};
  for (const name of names) values[name] = inJson(row[name]);
  return values;
}

// Half a character is no text to Postgres.
function inJson(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  return Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : value;
}
