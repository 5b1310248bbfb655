import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import request from 'supertest';
import { addSampleContent } from '../../src/sample/sample-content.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;

beforeAll(async () => {
  site = await createTestSite();
  await site.db.transaction().execute((trx) => addSampleContent(trx, { now: site.now }));
});
afterAll(() => site.close());

const read = async (path: string) => (await request(site.app).get(path).expect(200)).text;

describe('the sample content', () => {
  it('shows two posts on the home page, and an About page in the navigation', async () => {
    const html = await read('/');
    expect(html).toMatch(/How we talk here[\s\S]*4 thoughts[\s\S]*Lacking leadership[\s\S]*2 thoughts/);
    expect(html).toContain('<a href="/about">About</a>');
    expect(await read('/about')).toMatch(/<h1[^>]*>About</);
  });

  it('has a post whose closed conversation is a comment and the author’s reply', async () => {
    const html = await read('/posts/lacking-leadership');
    expect(html).toContain('2 thoughts on “Lacking leadership”');
    expect(html).toMatch(/Tomasz Nowicki[\s\S]*<ol class="thread"[\s\S]*Imogen Hartley[\s\S]*by-author/);
    expect(html).toContain('Comments are closed.');
    expect(html).toContain('takes it up from here');
    expect(html).not.toContain('name="body"');
  });

  it('has a post whose conversation is open, three levels deep', async () => {
    const html = await read('/posts/how-we-talk-here');
    expect(html).toContain('<textarea');
    const { depth } = await site.db
      .selectFrom('comment')
      .select(({ fn }) => fn.max('depth').as('depth'))
      .executeTakeFirstOrThrow();
    expect(depth).toBe(3);
  });

  it('has an author who cannot sign in', async () => {
    expect(await site.db.selectFrom('account').select(['email', 'password_hash']).execute()).toEqual([
      { email: null, password_hash: null },
    ]);
  });

  it('keeps counts, what is shown and events as if it had been posted and approved', async () => {
    const { rows } = await sql<{ wrong: number }>`
      select count(*)::integer as wrong from conversation_count counted
      where readable <> (select count(*) from comment where conversation_id = counted.conversation_id and status = 'approved')
        or waiting <> (select count(*) from comment where conversation_id = counted.conversation_id and status = 'pending')`.execute(
      site.db,
    );
    expect(rows).toEqual([{ wrong: 0 }]);
    const told = await site.db
      .selectFrom('comment')
      .leftJoin('event', (join) => join.onRef('event.subject_id', '=', 'comment.id').on('subject_kind', '=', 'comment'))
      .select(['comment.name', 'comment.status', 'comment.shown', 'event.action', 'event.rule', 'event.to_status'])
      .orderBy('comment.id')
      .orderBy('event.id')
      .execute();
    const line = ({ name, action, rule, to_status }: (typeof told)[number]) =>
      [name, action, rule, to_status].filter(Boolean).join(' ');
    expect(told.every(({ status, shown }) => status === 'approved' && shown)).toBe(true);
    expect(told.map(line)).toEqual([
      'Tomasz Nowicki post first_comment pending',
      'Tomasz Nowicki approve approved',
      'Imogen Hartley post staff approved',
      'Marit Solberg post first_comment pending',
      'Marit Solberg approve approved',
      'Imogen Hartley post staff approved',
      'Kwame Asante post first_comment pending',
      'Kwame Asante approve approved',
      'Marit Solberg post standard approved',
    ]);
  });

  it('lies in the past, and no comment is older than its post', async () => {
    const rows = await site.db
      .selectFrom('comment')
      .innerJoin('post', 'post.conversation_id', 'comment.conversation_id')
      .select(['comment.created_at', 'post.published_at'])
      .execute();
    for (const { created_at, published_at } of rows) {
      expect(created_at.getTime()).toBeLessThan(site.now.getTime());
      expect(created_at.getTime()).toBeGreaterThan(published_at?.getTime() ?? Number.POSITIVE_INFINITY);
    }
  });
});
