import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { commentStatuses, isErased, moderatorActions, nextStatus, undoable } from '../../src/comments/lifecycle.ts';
import { recordEvents } from '../../src/events/queries.ts';
import { randomFrom } from '../comments/storm.ts';
import {
  type Asker,
  decideOn,
  type Fields,
  lastEvent,
  openPage,
  replyTo,
  sendForm,
  statusOf,
  wordsOf,
} from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { setRule } from '../support/rules.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { plantThread } from '../support/threads.ts';

jest.setTimeout(60_000);

let site: TestSite;
let owner: { id: number; cookie: string };
let moderator: { id: number; cookie: string };
let author: { id: number; cookie: string };
let path: string;
let conversationId: number;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
  moderator = await site.signIn('moderator', 'Mona Moderator');
  author = await site.signIn('author', 'Anna Author');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  const post = await addPost(site.db, { title: 'A talk', authorId: author.id });
  path = `/posts/${post.slug}`;
  conversationId = post.conversationId;
});

function undo(event: number | string, fields: Fields = {}, asker: Asker = moderator) {
  return sendForm(site, '/moderation/undo', { event: String(event), ...fields }, asker);
}

function edit(id: number, body: string) {
  return sendForm(site, `/comments/${id}/edit`, { body }, moderator);
}

const lastOn = (id: number) => lastEvent(site.db, 'comment', id);

/** Where everything in the conversation stands: the rows and what is derived from them. */
// As if a rule had done it: of these, what is spam.
async function takeForSpam(ids: readonly number[]): Promise<void> {
  const spam = await site.db
    .updateTable('comment')
    .set({ unconfirmed_spam: true, held_by: 'words' })
    .where('id', 'in', ids)
    .where('status', '=', 'spam')
    .returning('id')
    .execute();
  const event = { subjectKind: 'comment', action: 'post', to: 'spam', rule: 'words', now: site.now } as const;
  await site.db.transaction().execute((trx) =>
    recordEvents(
      trx,
      spam.map(({ id }) => ({ ...event, subjectId: id })),
    ),
  );
}

async function stateOfAll() {
  const comments = await site.db
    .selectFrom('comment')
    .select(['id', 'status', 'shown', 'unconfirmed_spam', 'source', 'edited_at', 'held_by'])
    .where('conversation_id', '=', conversationId)
    .orderBy('id')
    .execute();
  const texts = await site.db
    .selectFrom('comment')
    .leftJoin('comment_fingerprint', 'comment_fingerprint.comment_id', 'comment.id')
    .select(['comment.id', 'html', 'exact', 'written_at'])
    .select(({ selectFrom }) =>
      selectFrom('revision')
        .select(({ fn }) => fn.countAll().as('edits'))
        .whereRef('revision.comment_id', '=', 'comment.id')
        .where(({ eb }) => eb(eb('swaps', '%', 2), '=', 1))
        .as('edits'),
    )
    .where('conversation_id', '=', conversationId)
    .orderBy('comment.id')
    .execute();
  const counts = await site.db
    .selectFrom('conversation_count')
    .select(['readable', 'waiting'])
    .where('conversation_id', '=', conversationId)
    .executeTakeFirstOrThrow();
  return { comments, texts, counts };
}

describe('The undo of a decision', () => {
  const cells = commentStatuses.flatMap((status) =>
    moderatorActions.flatMap((action) => (nextStatus(status, action) ? [[action, status] as const] : [])),
  );

  it.each(cells)(
    'to %s what is %s brings everything back, by an event that names the one it undoes',
    async (action, status) => {
      const [above = 0, id = 0] = await plantThread(site.db, conversationId, [
        { parent: undefined, status: 'removed' },
        { parent: 0, status },
        { parent: 0, status: 'pending' },
      ]);
      const before = await stateOfAll();
      await decideOn(site, moderator, id, { action, reason: 'A reason.' });
      const decision = await lastOn(id);
      const { status: answered, headers } = await undo(decision.id, {}, owner);
      expect([answered, headers.location]).toEqual([303, '/moderation']);
      expect(await stateOfAll()).toEqual(before);
      expect(await lastOn(id)).toMatchObject({
        action: 'undo',
        undoes: decision.id,
        from_status: decision.to_status,
        to_status: status,
        actor_id: owner.id,
        batch: null,
      });
      expect(above).toBeLessThan(id);
    },
  );

  it('is offered beside the news of the decision, and can be undone itself', async () => {
    const { id } = await replyTo(site, path);
    await decideOn(site, moderator, id, { action: 'spam', back: '/moderation?status=spam' });
    const news = await openPage(site, '/moderation?status=spam', moderator);
    expect(wordsOf(news.text)).toContain('One comment was marked as spam. Undo');
    const form = /<form method="post" action="\/moderation\/undo">(.*?)<\/form>/s.exec(news.text)?.[1] ?? '';
    const fields = Object.fromEntries(
      [...form.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    );
    expect(fields).toEqual({ event: String((await lastOn(id)).id), back: '/moderation?status=spam' });

    await undo(String(fields.event), { back: String(fields.back) });
    expect(await statusOf(site.db, id)).toBe('pending');
    expect(wordsOf((await openPage(site, '/moderation', moderator)).text)).toContain('It was undone. Undo');
    const undone = await lastOn(id);
    await undo(undone.id);
    expect(await statusOf(site.db, id)).toBe('spam');
    expect(await lastOn(id)).toMatchObject({ action: 'undo', undoes: undone.id });
  });

  it('takes all back that was decided in one go, whichever of them is named', async () => {
    const ids = [(await replyTo(site, path)).id, (await replyTo(site, path)).id, (await replyTo(site, path)).id];
    await sendForm(site, '/moderation/decisions', { ids: ids.map(String), action: 'reject' }, moderator);
    await undo((await lastOn(ids[1] as number)).id);
    expect(await Promise.all(ids.map((id) => statusOf(site.db, id)))).toEqual(['pending', 'pending', 'pending']);
    const events = await Promise.all(ids.map(lastOn));
    expect(new Set(events.map(({ batch }) => batch)).size).toBe(1);
    expect(events[0]?.batch).not.toBeNull();
    expect(wordsOf((await openPage(site, '/moderation', moderator)).text)).toContain('3 decisions were undone.');
  });

  it('is refused where something else has happened since, says what, and offers to undo the rest', async () => {
    const ids = [(await replyTo(site, path)).id, (await replyTo(site, path)).id];
    await sendForm(site, '/moderation/decisions', { ids: ids.map(String), action: 'reject' }, moderator);
    const event = (await lastOn(ids[0] as number)).id;
    await decideOn(site, owner, ids[1] as number, { action: 'spam', note: 'An old acquaintance.' });
    const { status, text } = await undo(event, { back: '/moderation?status=rejected' });
    expect(status).toBe(409);
    const words = wordsOf(text);
    expect(words).toContain('It cannot be undone any more');
    expect(words).toMatch(/Marked as spam by Olivia Owner .* It now stands as: Spam\. Note: An old acquaintance\./);
    expect(words).toContain('The other one can still be undone. Undo the other one');
    expect(await Promise.all(ids.map((id) => statusOf(site.db, id)))).toEqual(['rejected', 'spam']);

    const rest = await undo(event, { partly: 'yes', back: '/moderation?status=rejected' });
    expect([rest.status, rest.headers.location]).toEqual([303, '/moderation?status=rejected']);
    expect(await Promise.all(ids.map((id) => statusOf(site.db, id)))).toEqual(['pending', 'spam']);
    const again = await undo(event, {}, owner);
    expect([again.status, wordsOf(again.text).includes('can still be undone')]).toEqual([409, false]);
  });

  it('is refused after an edit of the text: nobody decided on the new one', async () => {
    const { id, cookie } = await replyTo(site, path);
    await decideOn(site, moderator, id, { action: 'approve' });
    await decideOn(site, moderator, id, { action: 'remove' });
    const removal = await lastOn(id);
    await site.db
      .insertInto('event')
      .values({
        subject_kind: 'comment',
        subject_id: id,
        conversation_id: conversationId,
        action: 'edit',
        from_status: null,
        to_status: null,
        actor_id: null,
        rule: null,
        batch: null,
        undoes: null,
        created_at: site.now,
      })
      .execute();
    expect(cookie).not.toBe('');
    expect([(await undo(removal.id)).status, await statusOf(site.db, id)]).toEqual([409, 'removed']);
  });

  it('is an author’s for what they did themselves, not for what moderators decided', async () => {
    const { id } = await replyTo(site, path);
    await decideOn(site, author, id, { action: 'approve' });
    const own = await lastOn(id);
    expect((await undo(own.id, {}, author)).status).toBe(303);
    // The news of it, which offers to undo that.
    await openPage(site, '/moderation', author);
    await decideOn(site, moderator, id, { action: 'spam' });
    const theirs = await lastOn(id);
    expect([(await undo(theirs.id, {}, author)).status, await statusOf(site.db, id)]).toEqual([404, 'spam']);
    const { text } = await openPage(site, `/moderation/log?comment=${id}`, author);
    expect(text).toContain(`id="e${theirs.id}"`);
    expect(text).not.toContain('action="/moderation/undo"');
    expect((await undo(theirs.id, {}, owner)).status).toBe(303);
  });

  it('sent twice by one person is done once, and answered alike', async () => {
    const { id } = await replyTo(site, path);
    await decideOn(site, moderator, id, { action: 'reject' });
    const { id: event } = await lastOn(id);
    const answers = await Promise.all([undo(event), undo(event)]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    const undone = await site.db.selectFrom('event').select('id').where('undoes', '=', event).execute();
    expect(undone).toHaveLength(1);
    expect((await undo(event, {}, owner)).status).toBe(409);
  });

  it('is not to be had for what nobody decided, nor beyond the own posts, nor without signing in', async () => {
    const { id } = await replyTo(site, path);
    const posted = await lastOn(id);
    expect((await undo(posted.id)).status).toBe(404);
    expect((await undo(2_147_483_647)).status).toBe(404);
    expect((await undo('no number')).status).toBe(404);
    const other = await addPost(site.db, { title: 'Of another', authorId: owner.id });
    const theirs = await replyTo(site, `/posts/${other.slug}`);
    await decideOn(site, owner, theirs.id, { action: 'spam' });
    const event = await lastOn(theirs.id);
    expect((await undo(event.id, {}, author)).status).toBe(404);
    expect((await undo(event.id, {}, {})).status).toBe(403);
    expect(await statusOf(site.db, theirs.id)).toBe('spam');
    const settings = await site.db
      .selectFrom('event')
      .select('id')
      .where('subject_kind', '=', 'account')
      .executeTakeFirst();
    if (settings) expect((await undo(settings.id)).status).toBe(404);
  });

  it.each([1, 2, 3, 4, 5, 6])(
    'of any actions, undos among them, from the last to the first, restores what there was (seed %i)',
    async (seed) => {
      await setRule(site.db, 'words', { settings: { held: '', spam: 'casino' } });
      const random = randomFrom(seed);
      const pick = <One>(from: readonly One[]) => from[Math.floor(random() * from.length)] as One;
      const ids = await plantThread(
        site.db,
        conversationId,
        Array.from({ length: 12 }, (_, at) => ({
          parent: at === 0 || random() < 0.3 ? undefined : Math.floor(random() * at),
          status: pick(commentStatuses.filter((status) => !isErased(status))),
        })),
      );
      await takeForSpam(ids.filter(() => random() < 0.7));
      const own = [(await replyTo(site, path, {}, moderator)).id, (await replyTo(site, path, {}, moderator)).id];
      ids.push(...own);
      const states = [await stateOfAll()];
      const events: number[] = [];
      for (let step = 0; step < 35; step += 1) {
        const chosen = ids.filter(() => random() < 0.3).map(String);
        const before = (await lastEventId()) ?? 0;
        if (events.length > 0 && random() < 0.5) await undo(random() < 0.5 ? (events.at(-1) ?? 0) : pick(events));
        else if (random() < 0.5)
          await edit(pick(own), pick([`Said anew for the ${step}th time.`, `A casino ${step}.`]));
        else await sendForm(site, '/moderation/decisions', { ids: chosen, action: pick(moderatorActions) }, moderator);
        const after = await lastEventId();
        if (after === before || after === undefined) continue;
        events.push(after);
        states.push(await stateOfAll());
      }
      expect(events.length).toBeGreaterThan(3);
      for (const event of events.toReversed()) {
        states.pop();
        expect((await undo(event)).status).toBe(303);
        expect(await stateOfAll()).toEqual(states.at(-1));
      }
    },
  );
});

describe('The undo of a closing', () => {
  const onConversation = () => lastEvent(site.db, 'conversation', conversationId);
  const stateOfClosing = async () => ({
    closures: await site.db
      .selectFrom('closure')
      .select(['id', 'reason', 'note', 'closed_by', 'closed_at', 'reopened_at'])
      .where('conversation_id', '=', conversationId)
      .execute(),
    conversation: await site.db
      .selectFrom('conversation')
      .selectAll()
      .where('id', '=', conversationId)
      .executeTakeFirstOrThrow(),
  });
  const close = (fields: Fields = {}) => sendForm(site, `${path}/closures`, fields, moderator);
  const reopen = () => sendForm(site, `${path}/closures/current/reopen`, {}, moderator);

  it('opens the conversation again, and is offered beside the news of the closing', async () => {
    await close({ reason: 'Said all.' });
    const page = await openPage(site, path, moderator);
    expect(wordsOf(page.text)).toMatch(/The conversation is closed\.? Undo|closed.* Undo/);
    const answer = await undo((await onConversation()).id, { back: path });
    expect([answer.status, answer.headers.location]).toEqual([303, path]);
    expect(await onConversation()).toMatchObject({ action: 'undo', from_status: 'closed', to_status: 'open' });
    expect((await replyTo(site, path)).id).toBeGreaterThan(0);
  });

  it('of a reopening brings the same closing back, with its reason and its date', async () => {
    await close({ reason: 'Said all.', note: 'For now.' });
    const before = await stateOfClosing();
    site.now = new Date(site.now.getTime() + 3_600_000);
    await reopen();
    await undo((await onConversation()).id);
    expect(await stateOfClosing()).toEqual(before);
    expect(wordsOf((await openPage(site, path)).text)).toContain('Said all.');
  });

  it('of the reopening of what age had closed lets age close it again', async () => {
    await site.db.updateTable('conversation').set({ close_after_days: 1 }).where('id', '=', conversationId).execute();
    site.now = new Date(site.now.getTime() + 400 * 86_400_000);
    const before = await stateOfClosing();
    await reopen();
    expect((await stateOfClosing()).conversation.close_after_days).toBe(0);
    const reopening = await onConversation();
    await undo(reopening.id);
    expect(await stateOfClosing()).toEqual(before);
    await undo((await onConversation()).id);
    expect((await stateOfClosing()).conversation.close_after_days).toBe(0);
  });

  it('step by step goes back to where it began', async () => {
    const states = [await stateOfClosing()];
    const events: number[] = [];
    for (const act of [close, reopen, close, reopen]) {
      site.now = new Date(site.now.getTime() + 60_000);
      await act();
      events.push((await onConversation()).id);
      states.push(await stateOfClosing());
    }
    for (const event of events.toReversed()) {
      states.pop();
      expect((await undo(event)).status).toBe(303);
      // What was closed once stays on record, as ended.
      const open = async () => (await stateOfClosing()).closures.filter(({ reopened_at }) => reopened_at === null);
      expect(await open()).toEqual(states.at(-1)?.closures.filter(({ reopened_at }) => reopened_at === null));
    }
  });

  it('is refused where somebody has reopened or closed it since, and says what was done', async () => {
    await close();
    const closing = await onConversation();
    await sendForm(site, `${path}/closures/current/reopen`, {}, owner);
    const { status, text } = await undo(closing.id);
    expect(status).toBe(409);
    expect(wordsOf(text)).toMatch(/Something else has happened here since.*Reopened by Olivia Owner/);
  });

  it('is not to be had beyond the own posts, nor for a closing that did not write down what it changed', async () => {
    const other = await addPost(site.db, { title: 'Of another', authorId: owner.id });
    await sendForm(site, `/posts/${other.slug}/closures`, {}, owner);
    const event = await lastEvent(site.db, 'conversation', other.conversationId);
    expect((await undo(event.id, {}, author)).status).toBe(404);
    const { id } = await site.db
      .insertInto('event')
      .values({
        ...{
          subject_kind: 'conversation',
          subject_id: conversationId,
          conversation_id: conversationId,
          action: 'close',
        },
        ...{ from_status: 'open', to_status: 'closed', actor_id: owner.id, rule: null, batch: null, undoes: null },
        created_at: site.now,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    expect((await undo(id)).status).toBe(404);
  });
});

async function lastEventId(): Promise<number | undefined> {
  const row = await site.db.selectFrom('event').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst();
  return row?.id;
}

describe('The moderation log', () => {
  const log = async (query = '', asker: Asker = moderator) => openPage(site, `/moderation/log${query}`, asker);
  const items = (text: string) =>
    [...text.matchAll(/<li class="log-item[^>]*>(.*?)<\/li>/gs)].map(([, item = '']) => wordsOf(item));

  it('tells what was done to what, by whom, from where to where, with its words, the newest first', async () => {
    const { id } = await replyTo(site, path, { name: 'Greta Guest' });
    await decideOn(site, owner, id, { action: 'reject', reason: 'Off topic.', note: 'Again.' });
    const [first = '', second = ''] = items((await log(`?comment=${id}`)).text);
    expect(first).toMatch(
      /^Comment by Greta Guest Rejected by Olivia Owner on .*\. Waiting → Rejected\. Reason given: Off topic\. Note: Again\. Undo All of this comment All by Olivia Owner All of this post$/,
    );
    expect(second).toMatch(
      /^Comment by Greta Guest Written on .*\. Held: it is the first comment from this browser, .* All of this comment All of this post$/,
    );
  });

  it('says what was undone, and offers to undo the undo instead', async () => {
    const { id } = await replyTo(site, path);
    await decideOn(site, owner, id, { action: 'reject' });
    await undo((await lastOn(id)).id);
    const [undone = '', decision = ''] = items((await log(`?comment=${id}`)).text);
    expect(undone).toMatch(/Undone by Mona Moderator on .* Rejected → Waiting\. Undo/);
    expect(decision).toMatch(/Rejected by Olivia Owner .* This was undone\. All of this comment/);
  });

  it('is filtered by comment, by person and by post, and goes on page by page without losing or repeating one', async () => {
    const ids = await plantThread(
      site.db,
      conversationId,
      Array.from({ length: 60 }, () => ({ parent: undefined, status: 'pending' }) as const),
    );
    await sendForm(site, '/moderation/decisions', { ids: ids.map(String), action: 'approve' }, owner);
    const { id: postId } = await site.db
      .selectFrom('post')
      .select('id')
      .where('conversation_id', '=', conversationId)
      .executeTakeFirstOrThrow();
    for (const query of [`?post=${postId}`, `?by=${owner.id}`]) {
      const seen: string[] = [];
      for (let next: string | undefined = query; next !== undefined; ) {
        const { text } = await log(next);
        seen.push(...[...text.matchAll(/id="e(\d+)"/g)].map(([, event = '']) => event));
        const following = /<a href="\/moderation\/log(\?[^"]*)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
        next = following;
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.map(Number)).toEqual(seen.map(Number).toSorted((a, b) => b - a));
      expect(seen.length).toBeGreaterThanOrEqual(60);
    }
    expect(items((await log(`?by=${owner.id}`)).text)[0]).toContain('Together with 59 others. Undo all 60');
    expect(items((await log(`?comment=${ids[3]}`)).text)).toHaveLength(1);
  });

  it('shows an author what happened to the own posts alone', async () => {
    const other = await addPost(site.db, { title: 'Kept apart', authorId: owner.id });
    const theirs = await replyTo(site, `/posts/${other.slug}`);
    await decideOn(site, owner, theirs.id, { action: 'reject', note: 'A secret note.' });
    const own = await replyTo(site, path);
    await decideOn(site, author, own.id, { action: 'approve' });
    const { text } = await log('', author);
    expect(wordsOf(text)).not.toContain('A secret note.');
    expect(text).toContain(`/comments/${own.id}"`);
    expect(text).not.toContain(`/comments/${theirs.id}"`);
    expect(items((await log(`?comment=${theirs.id}`, author)).text)).toEqual([]);
    expect(items((await log(`?by=${owner.id}`, author)).text).join()).not.toContain('A secret note.');
    expect((await log('', {})).status).toBe(303);
  });

  it('knows every action that can be undone by its name', async () => {
    expect(undoable).toEqual([...moderatorActions, 'undo']);
    const actions = await site.db.selectFrom('event').select('action').distinct().execute();
    const { text } = await log('', owner);
    expect(actions.length).toBeGreaterThan(4);
    expect(wordsOf(text)).not.toMatch(/Changed (by|on)/);
  });
});
