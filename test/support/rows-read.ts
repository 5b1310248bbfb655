import type { CompiledQuery, Kysely } from 'kysely';
import type { Database } from '../../src/database.ts';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** How many rows of tables and indexes Postgres reads for what is asked. */
export async function rowsReadBy(
  db: Kysely<Database>,
  ask: (db: Kysely<Database>) => Promise<unknown>,
): Promise<number> {
  const statements: CompiledQuery[] = [];
  await ask(
    db.withPlugin({
      transformQuery({ node, queryId }) {
        statements.push(db.getExecutor().compileQuery(node, queryId));
        return node;
      },
      transformResult: async ({ result }) => result,
    }),
  );
  let read = 0;
  for (const statement of statements) {
    const explained = { ...statement, sql: `explain (analyze, format json) ${statement.sql}` };
    const { rows } = await db.executeQuery<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(explained);
    for (const row of rows) for (const { Plan } of row['QUERY PLAN']) read += rowsRead(Plan);
  }
  return read;
}

function rowsRead(node: PlanNode): number {
  const read = /(?:Seq|Index|Heap) (?:Only )?Scan/.test(node['Node Type'])
    ? node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)
    : 0;
  return (node.Plans ?? []).reduce((sum, child) => sum + rowsRead(child), read * node['Actual Loops']);
}
