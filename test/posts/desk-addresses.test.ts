import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { isReserved } from '../../src/posts/reserved-slugs.ts';
import { begin, fieldsOn, open, send, type Writer } from '../support/desk.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;
let ada: Writer;

beforeAll(async () => {
  site = await createTestSite();
  ada = await site.signIn('author', 'Ada Author');
});
afterAll(() => site.close());

describe('a slug that is left empty', () => {
  it('is made from the title, and numbered where others have it', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => begin(site, ada, { title: 'Écoute & apprends!' })));
    const slugs = await Promise.all(ids.map(slugOf));
    const numbered = Array.from({ length: 11 }, (_, index) => `ecoute-apprends-${index + 2}`);
    expect(slugs.sort()).toEqual(['ecoute-apprends', ...numbered].sort());
  });

  it('is free for a page where only a post has it', async () => {
    const post = await begin(site, ada, { title: 'Both kinds' });
    const page = await begin(site, ada, { title: 'Both kinds', kind: 'page' });
    expect([await slugOf(post), await slugOf(page)]).toEqual(['both-kinds', 'both-kinds']);
  });

  it('goes round a name that the site uses, for a page only', async () => {
    expect(await slugOf(await begin(site, ada, { title: 'Search', kind: 'page' }))).toBe('search-2');
    expect(await slugOf(await begin(site, ada, { title: 'Metrics' }))).toBe('metrics');
  });

  it('goes round an earlier address of another post', async () => {
    const id = await begin(site, ada, { title: 'Wanderer', action: 'publish' });
    await send(site, ada, `/write/${id}`, { version: '2', slug: 'wandered-off' });
    expect(await slugOf(await begin(site, ada, { title: 'Wanderer' }))).toBe('wanderer-2');
  });

  it('names the kind where the title has no letters', async () => {
    expect(await slugOf(await begin(site, ada, { title: '!!!' }))).toBe('post');
    expect(await slugOf(await begin(site, ada, { title: '\u{1f600}', kind: 'page' }))).toBe('page');
  });

  it('of a saved post stays its own', async () => {
    const id = await begin(site, ada, { title: 'Keeps its number' });
    const second = await begin(site, ada, { title: 'Keeps its number' });
    await send(site, ada, `/write/${second}`, { version: '1', slug: '', body: 'More' });
    expect([await slugOf(id), await slugOf(second)]).toEqual(['keeps-its-number', 'keeps-its-number-2']);
  });
});

describe('a slug that is typed', () => {
  it('is brought into the form of one', async () => {
    expect(await slugOf(await begin(site, ada, { title: 'Typed', slug: ' My own Slug ' }))).toBe('my-own-slug');
  });

  it('is refused where another post has it, in the bin as well', async () => {
    const id = await begin(site, ada, { title: 'The first', slug: 'contested' });
    await refused({ title: 'The second', slug: 'contested' }, 'Another post or page has the address “contested”');
    await send(site, ada, `/write/${id}/bin`, { version: '1' });
    await refused({ title: 'The third', slug: 'Contested' }, 'Another post or page has the address “contested”');
  });

  it('is refused where it was an earlier address of another post', async () => {
    const id = await begin(site, ada, { title: 'Moves on', slug: 'before', action: 'publish' });
    await send(site, ada, `/write/${id}`, { version: '2', slug: 'after' });
    await refused({ title: 'Comes later', slug: 'before' }, '“before” was the address of another post');
  });

  it('is refused when a post is given it later', async () => {
    await begin(site, ada, { title: 'Sits there', slug: 'occupied' });
    const id = await begin(site, ada, { title: 'Wants to go there' });
    const answer = await send(site, ada, `/write/${id}`, { version: '1', slug: 'occupied', body: 'Typed text' });
    expect(answer.status).toBe(422);
    expect(fieldsOn(answer.text)).toMatchObject({ slug: 'occupied', body: 'Typed text' });
    expect(await slugOf(id)).toBe('wants-to-go-there');
  });

  it('that two want at the same time is given to one of them', async () => {
    const answers = await Promise.all(
      ['One', 'Two', 'Three'].map((title) => send(site, ada, '/write/new', { title, slug: 'wanted-by-all' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 422, 422]);
  });

  test.each(['search', 'Write', 'feed.xml', 'sign-in', 'tags'])('is refused for a page: %s', async (slug) => {
    await refused({ title: 'A page', kind: 'page', slug }, 'The site itself answers at');
    const id = await begin(site, ada, { title: 'A post', slug });
    const answer = await send(site, ada, `/write/${id}`, { version: '1', kind: 'page' });
    expect(answer.status).toBe(422);
  });
});

describe('an earlier address', () => {
  it('leads to the present one, however often the post moves', async () => {
    const id = await begin(site, ada, { title: 'Nomad', action: 'publish' });
    await send(site, ada, `/write/${id}`, { version: '2', slug: 'nomad-east' });
    await send(site, ada, `/write/${id}`, { version: '3', slug: 'nomad-west' });
    for (const slug of ['nomad', 'nomad-east']) {
      const answer = await open(site, undefined, `/posts/${slug}`);
      expect([answer.status, answer.headers.location]).toEqual([301, '/posts/nomad-west']);
    }
    expect(await addressesOf(id)).toEqual(['/posts/nomad', '/posts/nomad-east']);
  });

  it('leads on when a post becomes a page, and when its letters are not Latin', async () => {
    const id = await begin(site, ada, { title: 'О нас', action: 'publish' });
    await send(site, ada, `/write/${id}`, { version: '2', kind: 'page', slug: 'about-us' });
    const answer = await open(site, undefined, `/posts/${encodeURIComponent('о-нас')}`);
    expect([answer.status, answer.headers.location]).toEqual([301, '/about-us']);
    expect(await addressesOf(id)).toEqual(['/posts/о-нас']);
  });

  it('is taken back by its own post', async () => {
    const id = await begin(site, ada, { title: 'Homesick', action: 'publish' });
    await send(site, ada, `/write/${id}`, { version: '2', slug: 'abroad' });
    await send(site, ada, `/write/${id}`, { version: '3', slug: 'homesick' });
    expect(await addressesOf(id)).toEqual(['/posts/abroad']);
    expect((await open(site, undefined, '/posts/homesick')).status).toBe(200);
  });

  it('is kept by what was published once, also while it is a draft again', async () => {
    const id = await begin(site, ada, { title: 'Seen once', action: 'publish' });
    await send(site, ada, `/write/${id}`, { version: '2', action: 'unpublish' });
    await send(site, ada, `/write/${id}`, { version: '3', slug: 'seen-again' });
    expect(await addressesOf(id)).toEqual(['/posts/seen-once']);
    expect((await open(site, undefined, '/posts/seen-once')).status).toBe(404);
  });

  it('is kept by what the clock alone published', async () => {
    site.now = new Date('2026-05-03T12:00:00Z');
    const id = await begin(site, ada, { title: 'By the clock', action: 'schedule', publish_at: '2026-05-03T13:00' });
    await send(site, ada, `/write/${id}`, { version: '2', slug: 'not-yet-seen' });
    expect(await addressesOf(id)).toEqual([]);
    site.now = new Date('2026-05-03T13:00:00Z');
    await send(site, ada, `/write/${id}`, { version: '3', slug: 'seen-by-now' });
    expect(await addressesOf(id)).toEqual(['/posts/not-yet-seen']);
  });

  it('is not kept by a draft: nobody can know it', async () => {
    const id = await begin(site, ada, { title: 'Unseen' });
    await send(site, ada, `/write/${id}`, { version: '1', slug: 'still-unseen' });
    expect(await addressesOf(id)).toEqual([]);
    expect(await slugOf(await begin(site, ada, { title: 'Unseen' }))).toBe('unseen');
  });
});

describe('the names that no page can have', () => {
  it('are all first parts of the site’s own addresses', () => {
    const paths = routesOf(site.app.router.stack as unknown as Layer[]);
    const names = new Set(
      paths.map((path) => /^\/([\p{L}\p{N}.-]+)/u.exec(path)?.[1]).filter((name) => name !== undefined),
    );
    expect(names.size).toBeGreaterThan(10);
    expect([...names].filter((name) => !isReserved(name.replaceAll('.', '-')))).toEqual([]);
  });
});

interface Layer {
  readonly route?: { readonly path: string | string[] };
  readonly handle?: { readonly stack?: Layer[] };
}

function routesOf(stack: readonly Layer[]): string[] {
  return stack.flatMap(({ route, handle }) => [
    ...(route ? [route.path].flat() : []),
    ...routesOf(handle?.stack ?? []),
  ]);
}

async function refused(fields: Record<string, string>, reason: string): Promise<void> {
  const answer = await send(site, ada, '/write/new', fields);
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('id="slug-error"');
  expect(answer.text).toContain(reason);
}

async function slugOf(id: number): Promise<string> {
  const { slug } = await site.db.selectFrom('post').select('slug').where('id', '=', id).executeTakeFirstOrThrow();
  return slug;
}

async function addressesOf(id: number): Promise<string[]> {
  const rows = await site.db.selectFrom('address').select('path').where('post_id', '=', id).orderBy('path').execute();
  return rows.map(({ path }) => path);
}
