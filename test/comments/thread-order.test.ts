import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pageRows } from '../../src/comments/thread-queries.ts';
import { commentIdsOn, openPage, replyTo, wordsOf } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { approved, type Planted, plantThread } from '../support/threads.ts';

let site: TestSite;
beforeAll(async () => {
  site = await createTestSite();
});
afterAll(() => site.close());

describe('The order of a conversation', () => {
  it('is oldest first, and newest first by choice: the branches from the last on, each in reading order', async () => {
    const { path, ids } = await plant([
      approved(undefined),
      approved(0),
      approved(undefined),
      approved(2),
      approved(2),
    ]);
    const [a, b, c, d, e] = ids;
    const idsOn = async (query: string) => commentIdsOn((await openPage(site, `${path}${query}`)).text);
    expect(await idsOn('')).toEqual([a, b, c, d, e]);
    expect(await idsOn('?order=newest')).toEqual([c, d, e, a, b]);
    for (const other of ['?order=oldest', '?order=best', '?order=', '?order=newest&order=oldest']) {
      expect([other, await idsOn(other)]).toEqual([other, [a, b, c, d, e]]);
    }
  });

  it('is said, with a link to the other one', async () => {
    const { path } = await plant([approved(undefined), approved(undefined)]);
    const switchOn = async (query: string) => {
      const { text } = await openPage(site, `${path}${query}`);
      const line = /<p class="thread-order">[\s\S]*?<\/p>/.exec(text)?.[0] ?? '';
      return [wordsOf(line), /href="([^"]*)"/.exec(line)?.[1]];
    };
    expect(await switchOn('')).toEqual(['Oldest first. Show the newest first', `${path}?order=newest#conversation`]);
    expect(await switchOn('?order=newest')).toEqual(['Newest first. Show the oldest first', `${path}#conversation`]);
  });

  it('is no choice where there is but one branch', async () => {
    const { path } = await plant([approved(undefined), approved(0)]);
    expect((await openPage(site, path)).text).not.toContain('thread-order');
  });

  it('is a choice on a page, too, that has room for one branch of several', async () => {
    const { path, ids } = await plant([
      approved(undefined),
      ...Array.from({ length: pageRows }, () => approved(0)),
      approved(undefined),
    ]);
    expect((await openPage(site, path)).text).toContain('thread-order');
    const last = ids.at(-2);
    const { text } = await openPage(site, `${path}?after=${last}`);
    expect(commentIdsOn(text)).toEqual(ids.slice(-1));
    expect(text).toContain('thread-order');
  });

  it('stays the chosen one from page to page, also within a branch, and back to the first', async () => {
    const { path, ids } = await plant([
      ...Array.from({ length: 150 }, () => approved(undefined)),
      ...Array.from({ length: 120 }, () => approved(10)),
    ]);
    const expected = ids
      .slice(0, 150)
      .reverse()
      .flatMap((id) => (id === ids[10] ? [id, ...ids.slice(150)] : [id]));
    const first = await openPage(site, `${path}?order=newest`);
    expect(commentIdsOn(first.text)).toEqual(expected.slice(0, pageRows));
    const next = /<p class="thread-more"><a href="([^"]*)"/.exec(first.text)?.[1];
    expect(next).toBe(`${path}?order=newest&amp;after=${expected[pageRows - 1]}#c${ids[10]}`);
    expect(first.text).toContain(`<li class="thread-cut"><a href="${next}">`);
    const second = await openPage(site, (next as string).replace('&amp;', '&'));
    expect(commentIdsOn(second.text)).toEqual([ids[10], ...expected.slice(pageRows)]);
    expect(second.text).toContain(
      `<a href="${path}?order=newest#conversation">To the beginning of the conversation</a>`,
    );
    expect(second.text).not.toContain('thread-more');
  });

  it('puts a reader’s own held comments at their places', async () => {
    const { path, ids, conversationId } = await plant([approved(undefined), approved(undefined)]);
    await site.db.updateTable('conversation').set({ mode: 'all_held' }).where('id', '=', conversationId).execute();
    const held = await replyTo(site, path);
    const { cookie } = held;
    const below = await replyTo(site, path, { parent: String(ids[0]) }, { cookie });
    const idsOn = async (query: string, asker = {}) =>
      commentIdsOn((await openPage(site, `${path}${query}`, asker)).text);
    expect(await idsOn('', { cookie })).toEqual([ids[0], below.id, ids[1], held.id]);
    expect(await idsOn('?order=newest', { cookie })).toEqual([held.id, ids[1], ids[0], below.id]);
    expect(await idsOn('?order=newest')).toEqual([ids[1], ids[0]]);
  });

  it('leads search engines to the usual one', async () => {
    const { path } = await plant([approved(undefined), approved(undefined)]);
    expect((await openPage(site, `${path}?order=newest`)).text).toContain(`<link rel="canonical" href="${path}">`);
  });
});

async function plant(planted: readonly Planted[]): Promise<{ ids: number[]; path: string; conversationId: number }> {
  const { slug, conversationId } = await addPost(site.db, { title: 'A long talk', mode: 'open' });
  return { ids: await plantThread(site.db, conversationId, planted), path: `/posts/${slug}`, conversationId };
}
