import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { limitedByHour, limitedByPace } from '../../src/comments/limits.ts';
import { ask } from '../../src/pipeline.ts';
import {
  type Asker,
  countComments,
  fieldOn,
  openPage,
  postReply,
  replyTo,
  sendForm,
  wordsOf,
} from '../support/comments.ts';
import { untilWaiting } from '../support/held-back.ts';
import { addPost } from '../support/posts.ts';
import { rowsReadBy } from '../support/rows-read.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { approved, plantThread } from '../support/threads.ts';

jest.setTimeout(30_000);

const here = '203.0.113.20';
const there = '198.51.100.20';

let site: TestSite;
let path: string;
let conversationId: number;

beforeAll(async () => {
  site = await createTestSite({ TRUST_PROXY: '1', COMMENT_LIMIT: '4' });
  site.now = new Date('2026-03-10T12:00:00Z');
});
afterAll(() => site.close());

// Each test has hours of its own.
beforeEach(async () => {
  later(3 * 3600);
  const post = await addPost(site.db, { title: 'A busy post', mode: 'open' });
  path = `/posts/${post.slug}`;
  conversationId = post.conversationId;
});

describe('A network', () => {
  it('may post as much as the limit says within an hour, and is then told when to come back', async () => {
    for (let minute = 0; minute < 4; minute += 1) {
      await replyTo(site, path, {}, { network: here });
      later(60);
    }
    const refused = await postReply(
      site,
      path,
      { body: 'One too many.', email: 'g@guests.example' },
      { network: here },
    );
    expect(refused.status).toBe(429);
    // The first one was posted four minutes ago.
    expect(refused.headers['retry-after']).toBe(String(56 * 60));
    expect(wordsOf(refused.text)).toContain('send it again in 56 minutes');
    expect([fieldOn(refused.text, 'body'), fieldOn(refused.text, 'email')]).toEqual([
      'One too many.',
      'g@guests.example',
    ]);
    expect(refused.headers['cache-control']).toMatch(/private|no-store/);
    expect(await countComments(site.db, conversationId)).toBe(4);

    later(56 * 60 - 1);
    expect((await postReply(site, path, {}, { network: here })).headers['retry-after']).toBe('1');
    later(1);
    expect((await postReply(site, path, {}, { network: here })).status).toBe(303);
  });

  it('is not held to what another one posts', async () => {
    await useUp({ network: here }, 4);
    expect((await postReply(site, path, {}, { network: there })).status).toBe(303);
  });

  it.each([
    ['2001:db8:1:2::5', '2001:db8:1:2:ffff::9', 429],
    ['2001:db8:1:2::5', '2001:db8:1:3::5', 303],
    ['::ffff:203.0.113.20', '203.0.113.20', 429],
  ])('is an IPv4 address or an IPv6 /64: after %s, %s is answered by %i', async (first, second, status) => {
    await useUp({ network: first }, 4);
    expect((await postReply(site, path, {}, { network: second })).status).toBe(status);
  });

  it('cannot get more by sending many at once', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => postReply(site, path, {}, { network: here })));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 303)).toHaveLength(4);
    expect(statuses.filter((status) => status === 429)).toHaveLength(8);
    expect(await countComments(site.db, conversationId)).toBe(4);
  });

  it('sends its last comment twice at once, and both answers lead to it', async () => {
    await useUp({ network: here }, 3);
    const key = randomUUID();
    const send = () => postReply(site, path, { key, body: 'The last one for now.' }, { network: here });
    const answers = await Promise.all([send(), send(), send(), send()]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 303]);
    expect(new Set(answers.map(({ commentId }) => commentId)).size).toBe(1);
  });

  it('cannot get more by deleting what it posted, be it in one browser or in many', async () => {
    for (let sent = 0; sent < 4; sent += 1) {
      const { id, cookie } = await replyTo(site, path, {}, { network: here });
      expect((await sendForm(site, `/comments/${id}/delete`, {}, { cookie, network: here })).status).toBe(303);
    }
    expect((await postReply(site, path, {}, { network: here })).status).toBe(429);
  });

  it('that is kept as a hash cannot be read', async () => {
    await replyTo(site, path, {}, { network: here });
    const { network_hash } = await site.db.selectFrom('comment').select('network_hash').executeTakeFirstOrThrow();
    expect(network_hash).toHaveLength(16);
    expect(network_hash?.toString('latin1')).not.toContain('203.0');
  });
});

describe('A browser', () => {
  it('may post half as much, whatever network it is in', async () => {
    const { cookie } = await replyTo(site, path, {}, { network: here });
    await replyTo(site, path, {}, { network: there, cookie });
    const refused = await postReply(site, path, { body: 'Once more.' }, { network: '192.0.2.77', cookie });
    expect([refused.status, fieldOn(refused.text, 'body')]).toEqual([429, 'Once more.']);
    expect((await postReply(site, path, {}, { network: '192.0.2.77' })).status).toBe(303);
    later(3600);
    expect((await postReply(site, path, {}, { network: here, cookie })).status).toBe(303);
  });

  it('cannot get more by sending many at once from several networks', async () => {
    const { cookie } = await replyTo(site, path, {}, { network: here });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => postReply(site, path, {}, { network: `192.0.2.${index}`, cookie })),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
  });
});

describe('The limit', () => {
  it('does not hold for the staff', async () => {
    const author = await site.signIn('author');
    await useUp({ ...author, network: here }, 6);
    expect((await postReply(site, path, {}, { network: here })).status).toBe(303);
  });

  it('does not hold for a repeat', async () => {
    const sent = { body: 'Is this on?' };
    const { id, cookie } = await replyTo(site, path, sent, { network: here });
    await useUp({ network: here }, 3);
    expect(await postReply(site, path, sent, { network: here, cookie })).toMatchObject({ status: 303, commentId: id });
  });

  it('is not told to whom the conversation is closed anyway', async () => {
    await useUp({ network: here }, 4);
    await site.db.updateTable('conversation').set({ mode: 'closed' }).execute();
    expect((await postReply(site, path, {}, { network: here })).status).toBe(403);
  });
});

describe('How long somebody has to wait', () => {
  it('is found at once in a slow conversation that grew since Postgres looked at it', async () => {
    const many = Array.from({ length: 3000 }, () => approved(undefined));
    await plantThread(site.db, (await addPost(site.db, { title: 'An old one' })).conversationId, many);
    await sql`vacuum analyze comment`.execute(site.db);
    await plantThread(site.db, conversationId, many);
    const writers = [{ networkHash: Buffer.alloc(16, 1), browserId: undefined, limit: 4, now: site.now }];
    const find = async (db: TestSite['db']) => [
      await ask(db, limitedByHour(writers)),
      await ask(db, limitedByPace(writers, { conversationId, slowMinutes: 60 })),
    ];
    expect(await find(site.db)).toEqual([[null], [null]]);
    expect(await rowsReadBy(site.db, find)).toBeLessThan(100);
  });
});

describe('Without a limit', () => {
  let unlimited: TestSite;
  beforeAll(async () => {
    unlimited = await createTestSite({ COMMENT_LIMIT: '0' });
  });
  afterAll(() => unlimited.close());

  it('many comments are held as a flood, but none is refused', async () => {
    const { slug } = await addPost(unlimited.db, { title: 'A busy post', mode: 'open' });
    const { cookie } = await replyTo(unlimited, `/posts/${slug}`);
    for (let sent = 1; sent < 5; sent += 1) await replyTo(unlimited, `/posts/${slug}`, {}, { cookie });
    expect((await openPage(unlimited, `/posts/${slug}`, { cookie })).text).not.toContain('Held:');
    await replyTo(unlimited, `/posts/${slug}`, {}, { cookie });
    expect(wordsOf((await openPage(unlimited, `/posts/${slug}`, { cookie })).text)).toContain(
      'Held: 5 comments came from the same place within ten minutes.',
    );
    unlimited.now = new Date(unlimited.now.getTime() + 600_000);
    const { id } = await replyTo(unlimited, `/posts/${slug}`, {}, { cookie });
    expect((await openPage(unlimited, `/posts/${slug}`)).text).toContain(`id="c${id}"`);
  });

  it('one that has to wait holds up nobody of its network elsewhere', async () => {
    const [one, other] = [
      await addPost(unlimited.db, { title: 'Where one waits', mode: 'open' }),
      await addPost(unlimited.db, { title: 'Where none does', mode: 'open' }),
    ];
    const answered = await replyTo(unlimited, `/posts/${one.slug}`, {}, { network: there });
    let waiting: Promise<unknown> | undefined;
    await unlimited.db.transaction().execute(async (trx) => {
      await trx.selectFrom('comment').select('id').where('id', '=', answered.id).forUpdate().execute();
      const fields = { parent: String(answered.id) };
      waiting = Promise.resolve(postReply(unlimited, `/posts/${one.slug}`, fields, { network: here }));
      await untilWaiting(unlimited.db, 1);
      await replyTo(unlimited, `/posts/${other.slug}`, {}, { network: here });
    });
    expect(await waiting).toMatchObject({ status: 303 });
  });
});

function later(seconds: number): void {
  site.now = new Date(site.now.getTime() + seconds * 1000);
}

async function useUp(asker: Asker, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 1) await replyTo(site, path, {}, asker);
}
