import { Agent, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readReply } from '../../src/comments/form.ts';
import { postComment } from '../../src/comments/service.ts';
import type { Submission } from '../../src/comments/submission.ts';
import { close } from '../../src/moderation/close.ts';
import { loadSite } from '../../src/site/queries.ts';
import { saveSettings } from '../../src/site/settings.ts';
import { statusOf, until } from '../support/comments.ts';
import { holdCounts, holdTable, untilWaiting } from '../support/held-back.ts';
import { asModerator } from '../support/moderator.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, fromOwnPage, type TestSite } from '../support/site.ts';

jest.setTimeout(60_000);

let site: TestSite;
let server: ReturnType<TestSite['app']['listen']>;
let port: number;
// Fifty are under way at a time, so that there are always some left for after the closing, which comes by itself.
const crowd = new Agent({ keepAlive: true, maxSockets: 50 });
const moderator = new Agent({ keepAlive: true });

beforeAll(async () => {
  site = await createTestSite();
  await new Promise<void>((listening) => {
    server = site.app.listen(0, '127.0.0.1', () => listening());
  });
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  crowd.destroy();
  moderator.destroy();
  server.close();
  await site.close();
});

describe('Two hundred replies that race with a closing', () => {
  it('landed before it or are refused, and each was told which', async () => {
    const owner = await site.signIn('owner');
    const { slug, conversationId } = await addPost(site.db, { title: 'Closing time', mode: 'open' });
    const texts = Array.from({ length: 200 }, (_, index) => `Reply ${index} of many.`);
    let answered = 0;
    const { promise: someAnswered, resolve: someAreAnswered } = Promise.withResolvers<void>();
    const replies = texts.map(async (body) => {
      const { status } = await post(`/posts/${slug}/comments`, { name: 'Greta', body });
      answered += 1;
      if (answered === 40) someAreAnswered();
      return status;
    });
    await someAnswered;
    const closing = await post(
      `/posts/${slug}/closures`,
      { reason: 'Enough for today.' },
      { agent: moderator, ...owner },
    );
    const atClosing = await textsOf(conversationId);
    const statuses = await Promise.all(replies);

    expect(closing.status).toBe(303);
    expect(new Set(statuses)).toEqual(new Set([303, 403]));
    const taken = texts.filter((_text, index) => statuses[index] === 303);
    expect((await textsOf(conversationId)).sort()).toEqual([...taken].sort());
    // What was there when the closing was answered is all that ever will be.
    expect(atClosing.sort()).toEqual([...taken].sort());
    const counts = await site.db
      .selectFrom('conversation_count')
      .select(({ eb }) => eb('readable', '+', eb.ref('waiting')).as('all'))
      .where('conversation_id', '=', conversationId)
      .executeTakeFirstOrThrow();
    expect(counts.all).toBe(taken.length);
    const late = await post(`/posts/${slug}/comments`, { name: 'Greta', body: 'After all.' });
    expect(late.status).toBe(403);
  });
});

describe('A reply that is being stored', () => {
  it('lands before a closing by hand, and before one by the settings of its conversation', async () => {
    const owner = await site.signIn('owner');
    const { conversationId } = await addPost(site.db, { title: 'Just in time', mode: 'open' });
    const held = await holdCounts(site.db, conversationId);
    const reply = postComment(site.db, submissionTo(conversationId, 'Just in time.'));
    await untilWaiting(site.db, 1);
    const closings = [
      site.db.updateTable('conversation').set({ mode: 'closed' }).where('id', '=', conversationId).execute(),
      closeNow(conversationId, owner.id),
    ];
    await untilWaiting(site.db, 3);
    const late = postComment(site.db, submissionTo(conversationId, 'Too late.'));
    await untilWaiting(site.db, 4);
    held.release();
    await Promise.all(closings);
    expect([(await reply).kind, (await late).kind]).toEqual(['posted', 'closed']);
  });

  it('lands before the whole site is closed by its settings, and none after that', async () => {
    const owner = await site.signIn('owner');
    const { conversationId } = await addPost(site.db, { title: 'All at once', mode: 'open' });
    const held = await holdCounts(site.db, conversationId);
    const reply = postComment(site.db, submissionTo(conversationId, 'Before all closes.'));
    await untilWaiting(site.db, 1);
    const { id: _, version, ...settings } = await loadSite(site.db);
    const closed = { ...settings, comment_mode: 'closed' } as const;
    const saved = saveSettings(site.db, { settings: closed, version, actorId: owner.id, now: site.now });
    await untilWaiting(site.db, 2);
    const late = postComment(site.db, submissionTo(conversationId, 'After all closed.'));
    await untilWaiting(site.db, 3);
    held.release();
    await saved;
    expect([(await reply).kind, (await late).kind]).toEqual(['posted', 'closed']);
    await site.db.updateTable('site').set({ comment_mode: 'first_held' }).execute();
  });

  it('is refused where the whole site was closed after its request began', async () => {
    const { slug, conversationId } = await addPost(site.db, { title: 'A slow line', mode: 'open' });
    const held = await holdTable(site.db, 'closure');
    const reply = post(`/posts/${slug}/comments`, { name: 'Greta', body: 'Before you close.' });
    await untilWaiting(site.db, 1);
    await site.db.updateTable('site').set({ comment_mode: 'closed' }).execute();
    held.release();
    const { status } = await reply;
    await site.db.updateTable('site').set({ comment_mode: 'first_held' }).execute();
    expect([status, await textsOf(conversationId)]).toEqual([403, []]);
  });
});

describe('A closing that rejects what waits', () => {
  it('waits for a decision that is being made, which never waits for it', async () => {
    const owner = await site.signIn('owner');
    const { conversationId } = await addPost(site.db, { title: 'Two at once', mode: 'all_held' });
    const reply = await postComment(site.db, submissionTo(conversationId, 'To be approved.'));
    const id = reply.kind === 'posted' ? reply.commentId : 0;
    // The decision has its comment, and is about to look at the events.
    const held = await holdTable(site.db, 'event');
    const decision = post(`/moderation/comments/${id}/decisions`, { action: 'approve' }, owner);
    await untilWaiting(site.db, 1);
    const form = { reason: '', note: '', speakers: 'nobody', beginsAt: undefined, rejectWaiting: true } as const;
    const subject = { scope: 'conversation', conversationId } as const;
    const closing = close(site.db, { subject, moderator: asModerator(owner.id), now: site.now, form });
    await untilWaiting(site.db, 2);
    held.release();
    expect([(await decision).status, await closing]).toEqual([303, expect.objectContaining({ rejected: 0 })]);
    expect(await statusOf(site.db, id)).toBe('approved');
  });
});

describe('Replies that never cease', () => {
  it('do not keep a moderator from closing the conversation', async () => {
    const owner = await site.signIn('owner');
    const { conversationId } = await addPost(site.db, { title: 'A flood', mode: 'open' });
    const flood = Array.from({ length: 8 }, async (_, writer) => {
      for (let sent = 0; sent < 60; sent += 1) {
        const outcome = await postComment(site.db, submissionTo(conversationId, `${sent} of ${writer}`));
        if (outcome.kind === 'closed') return true;
      }
      return false;
    });
    await until(async () => (await textsOf(conversationId)).length > 20);
    await closeNow(conversationId, owner.id);
    expect(await Promise.all(flood)).toEqual(flood.map(() => true));
  });
});

function closeNow(conversationId: number, actorId: number) {
  const form = { reason: '', note: '', speakers: 'nobody', beginsAt: undefined, rejectWaiting: false } as const;
  return close(site.db, {
    subject: { scope: 'conversation', conversationId },
    moderator: asModerator(actorId),
    now: site.now,
    form,
  });
}

function submissionTo(conversationId: number, body: string): Submission {
  return {
    conversationId,
    writer: { kind: 'guest', browserId: undefined },
    fields: { ...readReply(undefined), name: 'Greta', body },
    networkHash: Buffer.alloc(16),
    limit: 0,
    now: site.now,
  };
}

function post(
  path: string,
  fields: Record<string, string>,
  { agent = crowd, cookie = '' }: { agent?: Agent; cookie?: string } = {},
): Promise<{ status: number | undefined }> {
  const { promise: answer, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = { ...fromOwnPage, 'Content-Type': 'application/x-www-form-urlencoded', Cookie: cookie };
  const sent = request({ port, path, method: 'POST', agent, headers }, resolve);
  sent.once('error', reject).end(new URLSearchParams(fields).toString());
  return answer.then(async (message) => {
    for await (const _chunk of message);
    return { status: message.statusCode };
  });
}

async function textsOf(conversationId: number): Promise<string[]> {
  const rows = await site.db
    .selectFrom('comment')
    .select('source')
    .where('conversation_id', '=', conversationId)
    .execute();
  return rows.map(({ source }) => source);
}
