import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pageRows } from '../../src/comments/thread-queries.ts';
import {
  commentIdsOn,
  commentOn,
  decideOn,
  fieldOn,
  openPage,
  postReply,
  replyTo,
  sendForm,
  wordsOf,
} from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { approved, chainOf, type Planted, plantThread, randomFrom, randomTree } from '../support/threads.ts';

let site: TestSite;
let owner: { cookie: string };
beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner');
});
afterAll(() => site.close());

describe('The page of a branch', () => {
  it('is a comment and everything below it, and nothing else', async () => {
    const below = randomTree(randomFrom(3), { size: 60, onward: 0.7 }).map(({ parent }) => approved((parent ?? 0) + 1));
    const { ids } = await plant([
      approved(undefined),
      approved(0),
      ...below.slice(1),
      approved(0),
      approved(undefined),
    ]);
    const { status, text } = await openPage(site, `/comments/${ids[1]}/thread`);
    expect(status).toBe(200);
    expect(commentIdsOn(text).toSorted((a, b) => a - b)).toEqual(ids.slice(1, -2));
  });

  it('names who began it, and leads back: to its place in the conversation, to the post, to what it answers', async () => {
    const { ids, path } = await plant(chainOf(3));
    const { text } = await openPage(site, `/comments/${ids[1]}/thread`);
    expect(wordsOf(/<h1[\s\S]*?<\/h1>/.exec(text)?.[0] ?? '')).toBe(`Guest ${ids[1]}, and what was replied`);
    expect(text).toContain(`<a href="/comments/${ids[1]}">See it in the whole conversation</a>`);
    expect(text).toContain(`<a href="${path}">Back to “A long talk”</a>`);
    expect(text).toContain(`<p class="further-up"><a href="/comments/${ids[0]}">`);
    expect(text).toContain('<meta name="robots" content="noindex">');
  });

  it('goes on page by page, in reading order, and repeats nothing from above the branch', async () => {
    const branch = [...chainOf(30, 1), ...Array.from({ length: 2 * pageRows }, () => approved(30))];
    branch[0] = approved(0);
    const { ids } = await plant([approved(undefined), ...branch, approved(undefined)]);
    const first = `/comments/${ids[1]}/thread`;
    const seen: number[] = [];
    let pages = 0;
    for (let next: string | undefined = first; next; pages += 1) {
      const { text } = await openPage(site, next);
      seen.push(...commentIdsOn(text).filter((id) => !/class="[^"]*repeated/.test(commentOn(text, id))));
      expect(commentIdsOn(text)).not.toContain(ids[0]);
      if (pages > 0) expect(text).toContain(`<a href="${first}#conversation">To the beginning of this thread</a>`);
      next = /<p class="thread-more"><a href="([^"]*)"/.exec(text)?.[1];
      if (next) expect(next).toMatch(new RegExp(`^${first}\\?after=\\d+#c${ids[30]}$`));
    }
    expect(pages).toBe(3);
    expect(seen).toEqual(ids.slice(1, -1));
  });

  it('begins at its top behind a comment of another branch', async () => {
    const { ids } = await plant([approved(undefined), approved(0), approved(undefined)]);
    const { text } = await openPage(site, `/comments/${ids[0]}/thread?after=${ids[2]}`);
    expect(commentIdsOn(text)).toEqual(ids.slice(0, 2));
    expect(text).not.toContain('You are further down');
  });

  it('takes a reply to the comment that began it', async () => {
    const { ids, path } = await plant(chainOf(2));
    const { text } = await openPage(site, `/comments/${ids[1]}/thread`);
    expect(wordsOf(text)).toContain(`Reply to Guest ${ids[1]}`);
    expect(fieldOn(text, 'parent')).toBe(String(ids[1]));
    const { id, cookie } = await replyTo(site, path, { parent: fieldOn(text, 'parent') ?? '' });
    expect(commentIdsOn((await openPage(site, `/comments/${ids[1]}/thread`, { cookie })).text)).toContain(id);
  });

  it('says that comments are closed, and has no form then', async () => {
    const { ids, slug } = await plant([approved(undefined)]);
    await site.db
      .updateTable('conversation')
      .set({ mode: 'closed' })
      .where('id', '=', await conversationOf(slug))
      .execute();
    const { text } = await openPage(site, `/comments/${ids[0]}/thread`);
    expect(text).toContain('Comments are closed.');
    expect(text).not.toContain('<form class="reply-form"');
  });

  it('begins with a placeholder that names nobody, where that was removed, and takes no reply to it', async () => {
    const { ids } = await plant([{ parent: undefined, status: 'removed' }, approved(0)]);
    const { status, text } = await openPage(site, `/comments/${ids[0]}/thread`);
    expect([status, commentIdsOn(text)]).toEqual([200, ids]);
    expect(text).not.toContain(`Guest ${ids[0]}`);
    expect(text).not.toContain('<form class="reply-form"');
  });

  it('is not there for what one may not see: held, taken down, on a draft, or no comment at all', async () => {
    const { ids, path } = await plant([
      { parent: undefined, status: 'pending' },
      { parent: undefined, status: 'removed' },
      { parent: undefined, status: 'spam' },
    ]);
    for (const id of [...ids, 2_147_483_647, '99999999999', 'one', '0']) {
      expect([id, (await openPage(site, `/comments/${id}/thread`)).status]).toEqual([id, 404]);
    }
    const { ids: onDraft, slug } = await plant([approved(undefined)]);
    await site.db.updateTable('post').set({ published_at: null }).where('slug', '=', slug).execute();
    for (const asker of [{}, owner]) {
      expect((await openPage(site, `/comments/${onDraft[0]}/thread`, asker)).status).toBe(404);
    }
    await site.db
      .updateTable('conversation')
      .set({ mode: 'all_held' })
      .where('id', '=', await conversationOf(path.slice(7)))
      .execute();
    const held = await postReply(site, path, { body: 'Wait for it.' });
    const page = (asker: { cookie?: string }) => openPage(site, `/comments/${held.commentId}/thread`, asker);
    expect((await page({})).status).toBe(404);
    expect(wordsOf((await page({ cookie: held.cookie })).text)).toContain('Wait for it.');
  });

  it('of a comment at the deepest level of the key is that of the branch around it, and shows it', async () => {
    const { ids } = await plant([
      ...chainOf(410),
      ...Array.from({ length: 300 }, (_, index) => approved(405 + (index % 4))),
    ]);
    for (const index of [399, 400, 409, 500, 709]) {
      const id = ids[index] as number;
      const { status, headers } = await openPage(site, `/comments/${id}/thread`);
      const [path = '', anchor] = (headers.location as string).split('#');
      expect([status, path.split('?')[0], anchor]).toEqual([302, `/comments/${ids[398]}/thread`, `c${id}`]);
      expect(commentIdsOn((await openPage(site, path)).text)).toContain(id);
    }
    const { status, text } = await openPage(site, `/comments/${ids[398]}/thread`);
    expect([status, commentIdsOn(text).length]).toEqual([200, pageRows]);
  });

  it('is the same for everyone without cookies', async () => {
    const { ids } = await plant(chainOf(12));
    const [one, other] = [
      await openPage(site, `/comments/${ids[0]}/thread`),
      await openPage(site, `/comments/${ids[0]}/thread?x=1`),
    ];
    expect(one.text).toBe(other.text);
    expect(one.headers['cache-control']).toContain('public');
  });
});

describe('A thread that nests deep', () => {
  it('has a link where indentation stops, which opens its branch, which has one further down', async () => {
    const { ids, path } = await plant(chainOf(40));
    const linksOn = async (address: string) =>
      [...(await openPage(site, address)).text.matchAll(/<p class="thread-on"><a href="([^"]*)"/g)].map(
        ([, href]) => href,
      );
    const threadOf = (level: number) => `/comments/${ids[level - 1]}/thread`;
    expect(await linksOn(path)).toEqual([9, 17, 25, 33].map(threadOf));
    expect(await linksOn(threadOf(9))).toEqual([17, 25, 33].map(threadOf));
  });

  it('is one list from there on: each comment names the one that it answers', async () => {
    const { ids, path } = await plant([...chainOf(12), approved(10)]);
    const { text } = await openPage(site, path);
    expect(text.match(/<ol class="thread"/g)).toHaveLength(9);
    expect(commentIdsOn(text)).toEqual(ids);
    expect(wordsOf(commentOn(text, ids[12] as number))).toContain(`Level 12, in reply to Guest ${ids[10]}`);
    expect(text.match(/<li class="flat">/g)).toHaveLength(4);
  });
});

describe('A branch that a page cuts', () => {
  it('says so at its place, and the link goes on in that branch', async () => {
    const branch = [approved(undefined), ...Array.from({ length: 250 }, () => approved(0))];
    const { ids, path } = await plant([...branch, approved(undefined), approved(0)]);
    const { text } = await openPage(site, path);
    const next = `${path}?after=${ids[pageRows - 1]}#c${ids[0]}`;
    expect(text).toContain(`<li class="thread-cut"><a href="${next}">More replies to Guest ${ids[0]} follow</a></li>`);
    expect(text.indexOf('class="thread-cut"')).toBeGreaterThan(text.indexOf(`id="c${ids[pageRows - 1]}"`));
    expect(wordsOf(/<summary>.*<\/summary>/.exec(text)?.[0] ?? '')).toBe(
      `More than ${pageRows - 1} replies to Guest ${ids[0]}`,
    );
    const second = await openPage(site, next);
    expect(commentIdsOn(second.text)).toEqual([ids[0], ...ids.slice(pageRows, 251), ids[252], ids[251]]);
    expect(second.text).not.toContain('class="thread-cut"');
    expect(wordsOf(/<summary>.*<\/summary>/.exec(second.text)?.[0] ?? '')).toBe(
      `Replies, continued to Guest ${ids[0]}`,
    );
  });

  it.each(['remove', 'spam', 'delete'])(
    'goes on at the same place after a “%s” of the last comment that was read',
    async (action) => {
      const { ids, path } = await plant(Array.from({ length: pageRows - 1 }, () => approved(undefined)));
      const last = await replyTo(site, path);
      const later = await replyTo(site, path);
      if (action === 'delete') await sendForm(site, `/comments/${last.id}/delete`, {}, last);
      else await decideOn(site, owner, last.id, { action });
      expect((await openPage(site, `/comments/${last.id}`)).status).toBe(404);
      expect(commentIdsOn((await openPage(site, path)).text)).toEqual([...ids, later.id]);
      expect(commentIdsOn((await openPage(site, `${path}?after=${last.id}`)).text)).toEqual([later.id]);
    },
  );
});

async function plant(planted: readonly Planted[]): Promise<{ ids: number[]; path: string; slug: string }> {
  const { slug, conversationId } = await addPost(site.db, { title: 'A long talk', mode: 'open' });
  return { ids: await plantThread(site.db, conversationId, planted), path: `/posts/${slug}`, slug };
}

async function conversationOf(slug: string): Promise<number> {
  const post = await site.db
    .selectFrom('post')
    .select('conversation_id')
    .where('slug', '=', slug)
    .executeTakeFirstOrThrow();
  return post.conversation_id;
}
