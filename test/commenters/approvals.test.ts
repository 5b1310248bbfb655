import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { historiesOf } from '../../src/comments/history.ts';
import { hasApproved } from '../../src/comments/queries.ts';
import { ask } from '../../src/pipeline.ts';
import { replyTo } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { rowsReadBy } from '../support/rows-read.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { copyComment, proveAddress } from './prover.ts';

let site: TestSite;

beforeAll(async () => {
  site = await createTestSite();
});
afterAll(() => site.close());

const browserIn = (cookie: string) => Number(/visitor=(\d+)/.exec(cookie)?.[1]);

const facts = (browserId: number) => async (db: TestSite['db']) => {
  const now = new Date(site.now.getTime() + 86_400_000);
  const writing = { browserId, networkHash: undefined, fingerprint: undefined, now };
  return (await ask(db, historiesOf({ writings: [writing], standings: false })))[0]?.counts;
};

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
    expect(await rowsReadBy(site.db, facts(browserId))).toBeLessThan(1000);
    expect(await hasApproved(site.db, browserId)).toBe(status === 'approved');
    expect(await rowsReadBy(site.db, (db) => hasApproved(db, browserId))).toBeLessThan(100);
  },
);
