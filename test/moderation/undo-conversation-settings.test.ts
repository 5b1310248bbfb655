import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { moderatorActions } from '../../src/comments/lifecycle.ts';
import { randomFrom } from '../comments/storm.ts';
import { type Asker, decideOn, lastEvent, openPage, replyTo, sendForm, wordsOf } from '../support/comments.ts';
import { begin, fieldsOn, open, send, type Writer } from '../support/desk.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { plantThread } from '../support/threads.ts';

jest.setTimeout(60_000);

let site: TestSite;
let moderator: Writer;
let author: Writer;
let stranger: Writer;
let postId: number;
let conversationId: number;
let path: string;

beforeAll(async () => {
  site = await createTestSite();
  moderator = await site.signIn('moderator', 'Mona Moderator');
  author = await site.signIn('author', 'Anna Author');
  stranger = await site.signIn('author', 'Sven Stranger');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  postId = await begin(site, author, { title: `Discussed at ${site.now.getTime()}` });
  await send(site, author, `/write/${postId}`, { ...(await form()), action: 'publish' });
  const post = await site.db.selectFrom('post').selectAll().where('id', '=', postId).executeTakeFirstOrThrow();
  conversationId = post.conversation_id;
  path = `/posts/${post.slug}`;
});

const form = async () => fieldsOn((await open(site, author, `/write/${postId}`)).text);

/** Saves the comment settings at the desk, the others as they are. */
async function set(fields: Readonly<Record<string, string>>): Promise<void> {
  const answer = await send(site, author, `/write/${postId}`, { ...(await form()), ...fields });
  expect(answer.status).toBe(303);
}

const undo = (event: number, asker: Asker = moderator) =>
  sendForm(site, '/moderation/undo', { event: String(event), back: '/moderation/log' }, asker);

const last = () => lastEvent(site.db, 'conversation', conversationId);

const terms = () =>
  site.db
    .selectFrom('conversation')
    .select(['mode', 'close_after_days', 'close_after_quiet_days'])
    .where('id', '=', conversationId)
    .executeTakeFirstOrThrow();

const asSite = { mode: null, close_after_days: null, close_after_quiet_days: null };

const logItems = async (asker: Asker) => {
  const { text } = await openPage(site, `/moderation/log?post=${postId}`, asker);
  return [...text.matchAll(/<li class="log-item[^>]*>(.*?)<\/div>\s*<\/li>/gs)].map(([, item = '']) => wordsOf(item));
};

describe('Who may reply in a conversation', () => {
  it.each(['open', 'first_held', 'all_held', 'closed'])(
    'set to %s at the desk, is undone by an event that names the change, and so is the undo',
    async (mode) => {
      await set({ mode });
      const change = await last();
      expect((await undo(change.id)).status).toBe(303);
      expect(await terms()).toEqual(asSite);
      const undone = await last();
      expect(undone).toMatchObject({ action: 'undo', undoes: change.id, from_status: mode, to_status: 'site' });
      expect(undone).toMatchObject({ actor_id: moderator.id, numbers: { own_before: 1, own_after: 0 } });
      expect((await undo(undone.id)).status).toBe(303);
      expect(await terms()).toEqual({ ...asSite, mode });
    },
  );

  it('goes back from one mode of its own to another', async () => {
    await set({ mode: 'closed' });
    await set({ mode: 'open' });
    await undo((await last()).id);
    expect(await terms()).toEqual({ ...asSite, mode: 'closed' });
  });

  it('is not undone where it was changed since, and what was done is said', async () => {
    await set({ mode: 'closed' });
    const change = await last();
    await set({ mode: 'open' });
    const { status, text } = await undo(change.id);
    expect(status).toBe(409);
    expect(wordsOf(text)).toMatch(/Something else has happened here since.*Comments set anew by Anna Author/);
    expect(await terms()).toEqual({ ...asSite, mode: 'open' });
  });

  it('is not undone where it is another without any event that says so', async () => {
    await set({ mode: 'closed' });
    const change = await last();
    await site.db.updateTable('conversation').set({ mode: 'all_held' }).where('id', '=', conversationId).execute();
    expect((await undo(change.id)).status).toBe(409);
    expect((await terms()).mode).toBe('all_held');
  });

  it('is not taken for a closing by hand: either is undone as what it is', async () => {
    await set({ mode: 'closed' });
    const change = await last();
    await sendForm(site, `${path}/closures`, { reason: 'Said all.' }, moderator);
    const closing = await last();
    expect((await undo(change.id)).status).toBe(409);
    expect((await undo(closing.id)).status).toBe(303);
    expect((await undo(change.id)).status).toBe(303);
    expect(await terms()).toEqual(asSite);
    expect(await closuresOpen()).toEqual([]);
    expect((await undo((await last()).id)).status).toBe(303);
    expect([(await terms()).mode, await closuresOpen()]).toEqual(['closed', []]);
  });
});

describe('The days after which a conversation closes', () => {
  it.each([
    ['a number of days', { closing: 'days', closing_days: '30' }, { close_after_days: 30, close_after_quiet_days: 0 }],
    ['quiet days', { closing: 'quiet', closing_days: '7' }, { close_after_days: 0, close_after_quiet_days: 7 }],
    ['never', { closing: 'never' }, { close_after_days: 0, close_after_quiet_days: 0 }],
  ])('set to %s at the desk, are undone, and so is the undo', async (_name, fields, days) => {
    await set(fields);
    const change = await last();
    expect((await undo(change.id)).status).toBe(303);
    expect(await terms()).toEqual(asSite);
    const undone = await last();
    expect(undone).toMatchObject({ action: 'undo', undoes: change.id, from_status: null, to_status: null });
    expect((await undo(undone.id)).status).toBe(303);
    expect(await terms()).toEqual({ mode: null, ...days });
  });

  it('go back to those of the conversation, where it had some', async () => {
    await set({ closing: 'days', closing_days: '30' });
    await set({ closing: 'quiet', closing_days: '7' });
    await undo((await last()).id);
    expect(await terms()).toEqual({ mode: null, close_after_days: 30, close_after_quiet_days: 0 });
  });

  it('are not undone where they are others since', async () => {
    await set({ closing: 'days', closing_days: '1' });
    const change = await last();
    site.now = new Date(site.now.getTime() + 2 * 86_400_000);
    expect((await sendForm(site, `${path}/closures/current/reopen`, {}, moderator)).status).toBe(303);
    const { status, text } = await undo(change.id);
    expect(status).toBe(409);
    expect(wordsOf(text)).toMatch(/Something else has happened here since.*Reopened by Mona Moderator/);
    expect(await terms()).toEqual({ mode: null, close_after_days: 0, close_after_quiet_days: 0 });
  });

  it('are not undone where they are others without any event that says so', async () => {
    await set({ closing: 'days', closing_days: '30' });
    const change = await last();
    await site.db
      .updateTable('conversation')
      .set({ close_after_quiet_days: 3 })
      .where('id', '=', conversationId)
      .execute();
    expect((await undo(change.id)).status).toBe(409);
    expect((await terms()).close_after_quiet_days).toBe(3);
  });
});

describe('Who is second at a closing', () => {
  it('is told who closed it, not who took comment settings back since', async () => {
    await sendForm(site, `${path}/closures`, { reason: 'Said all.' }, moderator);
    await set({ closing: 'days', closing_days: '30' });
    await undo((await last()).id, author);
    const { status, text } = await sendForm(site, `${path}/closures`, {}, moderator);
    expect(status).toBe(409);
    expect(wordsOf(text)).toMatch(/Closed by Mona Moderator/);
  });
});

describe('Comment settings in the log', () => {
  it('are told in words, and undone from there, the later first', async () => {
    await set({ mode: 'all_held', closing: 'days', closing_days: '30' });
    const items = await logItems(moderator);
    const [, days = '', mode = ''] = items;
    expect(items.filter((item) => /Undo\b/.test(item))).toEqual([days]);
    expect(days).toMatch(/^The conversation under “Discussed/);
    expect(days).toContain('Close after: As the site says → 30 days');
    expect(days).toContain('Close when quiet for: As the site says → Never');
    expect(mode).toContain('Who can reply: As the site says → Everybody; each comment waits for a moderator');
    await undo((await last()).id);
    const [undone = '', , again = '', before = ''] = await logItems(moderator);
    expect(undone).toContain('Close after: 30 days → As the site says');
    expect(again).toContain('This was undone.');
    expect(before).toMatch(/Undo\b/);
  });

  it('are an author’s to undo where they set them, and nobody’s beyond the own posts', async () => {
    await set({ mode: 'closed' });
    const change = await last();
    expect((await undo(change.id, stranger)).status).toBe(404);
    expect((await undo(change.id, {})).status).toBe(403);
    expect((await terms()).mode).toBe('closed');
    expect((await undo(change.id, author)).status).toBe(303);
    expect(await terms()).toEqual(asSite);
    await undo((await last()).id, moderator);
    expect((await undo((await last()).id, author)).status).toBe(404);
  });
});

describe('Any sequence of comment settings, closings, rejections, paces and pins, undos among them', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'undone from the last to the first, restores what it began with (seed %i)',
    async (seed) => {
      const random = randomFrom(seed);
      const pick = <Value>(values: readonly Value[]) => values[Math.floor(random() * values.length)] as Value;
      const state = async () => [
        await site.db.selectFrom('conversation').selectAll().where('id', '=', conversationId).executeTakeFirstOrThrow(),
        await closuresOpen(),
        await site.db
          .selectFrom('comment')
          .select(['id', 'status', 'shown'])
          .where('conversation_id', '=', conversationId)
          .orderBy('id')
          .execute(),
        await site.db.selectFrom('pin').select('comment_id').where('conversation_id', '=', conversationId).execute(),
      ];
      const comment = await replyTo(site, path);
      await decideOn(site, moderator, comment.id, { action: 'approve' });
      const below = { status: 'pending' } as const;
      const waiting = await plantThread(site.db, conversationId, [
        { parent: undefined, status: 'approved' },
        ...[undefined, 0, 0, 1].map((parent) => ({ ...below, parent })),
      ]);
      const branch = `/comments/${waiting[0]}`;
      const later = new Date(site.now.getTime() + 86_400_000).toISOString().slice(0, 16);
      const acts = [
        async () => set({ mode: pick(['site', 'open', 'all_held', 'closed']) }),
        async () => set({ closing: pick(['site', 'never', 'days', 'quiet']), closing_days: pick(['1', '30']) }),
        async () => sendForm(site, `${path}/closures`, { waiting: pick(['decide', 'reject']) }, moderator),
        async () => sendForm(site, `${path}/closures`, { waiting: 'reject', begins_at: later }, moderator),
        async () => sendForm(site, `${branch}/closures`, { waiting: 'reject' }, moderator),
        async () => sendForm(site, `${pick([path, branch])}/closures/current/reopen`, {}, moderator),
        async () => decideOn(site, moderator, pick(waiting), { action: pick(moderatorActions) }),
        async () => decideOn(site, moderator, pick(waiting), { action: 'restore' }),
        async () => sendForm(site, `${path}/pace`, { minutes: pick(['0', '5']) }, moderator),
        async () => sendForm(site, `/comments/${comment.id}/${pick(['pin', 'unpin'])}`, {}, moderator),
        async () => undo(events.at(-1) ?? 1),
        async () => undo(events.at(-1) ?? 1),
        async () => undo(events.length > 0 ? pick(events) : 1),
      ];
      const states = [await state()];
      const events: number[] = [];
      for (let step = 0; step < 50; step += 1) {
        const before = await latest();
        await pick(acts)();
        const after = await latest();
        if (after === before) continue;
        events.push(after as number);
        states.push(await state());
      }
      expect(events.length).toBeGreaterThan(15);
      for (const event of events.toReversed()) {
        expect(await state()).toEqual(states.pop());
        expect((await undo(event)).status).toBe(303);
      }
      expect(await state()).toEqual(states.pop());
      expect(states).toEqual([]);
    },
  );
});

/** id of the last event in the conversation, but for those of its post. */
async function latest(): Promise<number | undefined> {
  const event = await site.db
    .selectFrom('event')
    .select('id')
    .where('subject_kind', '<>', 'post')
    .where('conversation_id', '=', conversationId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return event?.id;
}

function closuresOpen() {
  return site.db
    .selectFrom('closure')
    .select(['id', 'reason', 'begins_at', 'waiting_batch'])
    .where('conversation_id', '=', conversationId)
    .where('reopened_at', 'is', null)
    .execute();
}
