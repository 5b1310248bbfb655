import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type CompiledQuery, sql } from 'kysely';
import { gatherFacts } from '../../src/comments/facts.ts';
import { hasApproved } from '../../src/comments/queries.ts';
import { replyTo } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { copyComment, proveAddress } from './prover.ts';

let site: TestSite;

beforeAll(async () => {
  site = await createTestSite();
});
afterAll(() => site.close());

const known = { staffRole: null, mode: 'first_held', links: 0, linksAllowed: 2 } as const;
const browserIn = (cookie: string) => Number(/visitor=(\d+)/.exec(cookie)?.[1]);

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

function rowsRead(node: PlanNode): number {
  const read = /Scan/.test(node['Node Type']) ? node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) : 0;
  return (node.Plans ?? []).reduce((sum, child) => sum + rowsRead(child), read * node['Actual Loops']);
}

/** How many rows Postgres reads for what is asked. */
async function rowsReadBy(ask: (db: TestSite['db']) => Promise<unknown>): Promise<number> {
  const statements: CompiledQuery[] = [];
  await ask(
    site.db.withPlugin({
      transformQuery({ node, queryId }) {
        statements.push(site.db.getExecutor().compileQuery(node, queryId));
        return node;
      },
      transformResult: async ({ result }) => result,
    }),
  );
  let read = 0;
  for (const statement of statements) {
    const explained = { ...statement, sql: `explain (analyze, format json) ${statement.sql}` };
    const { rows } = await site.db.executeQuery<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(explained);
    for (const row of rows) for (const { Plan } of row['QUERY PLAN']) read += rowsRead(Plan);
  }
  return read;
}

const facts = (browserId: number) => (db: TestSite['db']) =>
  gatherFacts(db, { known, browserId, networkHash: undefined, now: new Date(site.now.getTime() + 86_400_000) });

// The first fills the site with what was approved for others.
it.each(['approved', 'spam'] as const)(
  'Whether a writer was approved before is found at once, though thousands of their comments are %s',
  async (status) => {
    const { slug } = await addPost(site.db, { title: 'Who is known here' });
    await site.db.deleteFrom('rate_limit').execute();
    const email = `${status}@example.org`;
    const { id, cookie } = await replyTo(site, `/posts/${slug}`, { email });
    await proveAddress(site, email, cookie);
    const copies = await copyComment(site.db, id, 5_000);
    await sql`
      update comment set status = ${status}, shown = ${status === 'approved'} where id = any(${[id, ...copies]}::integer[])
    `.execute(site.db);
    await sql`vacuum analyze comment`.execute(site.db);
    const browserId = browserIn(cookie);
    expect(await facts(browserId)(site.db)).toMatchObject({ approvedBefore: status === 'approved' ? 100 : 0 });
    expect(await rowsReadBy(facts(browserId))).toBeLessThan(1000);
    expect(await hasApproved(site.db, browserId)).toBe(status === 'approved');
    expect(await rowsReadBy((db) => hasApproved(db, browserId))).toBeLessThan(100);
  },
);
