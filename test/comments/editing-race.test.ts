import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { close } from '../../src/moderation/close.ts';
import {
  commentIdsOn,
  decideOn,
  type Fields,
  lastEvent,
  openPage,
  postReply,
  replyTo,
  sendForm,
  statusOf,
  wordsOf,
} from '../support/comments.ts';
import { holdCounts, holdTable, untilWaiting } from '../support/held-back.ts';
import { asModerator } from '../support/moderator.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

jest.setTimeout(60_000);

const threeLinks = 'https://a.example https://b.example https://c.example';

let site: TestSite;
let owner: { id: number; cookie: string };
let path: string;
let conversationId: number;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
});
afterAll(() => site.close());
beforeEach(async () => {
  // Each test in an hour of its own, so that nothing looks like a flood.
  site.now = new Date(site.now.getTime() + 3_600_000);
  const post = await addPost(site.db, { title: 'All at once', mode: 'open' });
  path = `/posts/${post.slug}`;
  conversationId = post.conversationId;
});

describe('Edits of one comment at the same time', () => {
  it('one is saved, the others are shown it and come back as they were typed', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'The first text.' });
    const texts = ['Text one.', 'Text two.', 'Text three.', 'Text four.'];
    const answers = await Promise.all(texts.map((body) => edit(id, { body, version: '0' }, cookie)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409, 409, 409]);
    const saved = texts[answers.findIndex(({ status }) => status === 303)] as string;
    expect(await sourceOf(id)).toBe(saved);
    for (const [index, { status, text }] of answers.entries()) {
      if (status === 409) for (const kept of [saved, texts[index] as string]) expect(text).toContain(kept);
    }
    expect(await earlierOf(id)).toEqual(['The first text.']);
  });

  it('with the same text are one edit, and all of them are told that it is saved', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'The first text.' });
    const fields = { body: 'Clicked twice.', version: '0' };
    const answers = await Promise.all([1, 2, 3].map(() => edit(id, fields, cookie)));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect(await earlierOf(id)).toEqual(['The first text.']);
  });
});

describe('An edit while a moderator decides', () => {
  it('before the decision: it is not carried out over a text that was never seen', async () => {
    const { id, cookie } = await replyTo(site, path, { body: threeLinks });
    const { id: seen } = await lastEvent(site.db, 'comment', id);
    const held = await holdTable(site.db, 'judgement');
    const edited = edit(id, { body: 'Not what was seen.' }, cookie);
    await untilWaiting(site.db, 1);
    const decided = decideOn(site, owner, id, { action: 'approve', seen: String(seen) });
    await untilWaiting(site.db, 2);
    held.release();
    expect([(await edited).status, (await decided).status]).toEqual([303, 409]);
    expect([await statusOf(site.db, id), await sourceOf(id)]).toEqual(['pending', 'Not what was seen.']);
  });

  it('after an approval: it is judged as what readers see, and what a rule holds waits again', async () => {
    const { id, cookie } = await replyTo(site, path, { body: threeLinks });
    const held = await holdCounts(site.db, conversationId);
    const decided = decideOn(site, owner, id, { action: 'approve' });
    await untilWaiting(site.db, 1);
    const edited = edit(id, { body: `${threeLinks} and more` }, cookie);
    await untilWaiting(site.db, 2);
    held.release();
    expect([(await decided).status, (await edited).status]).toEqual([303, 303]);
    expect(await statusOf(site.db, id)).toBe('pending');
    expect(await lastEvent(site.db, 'comment', id)).toMatchObject({ action: 'hold', from_status: 'approved' });
    const { edited_at } = await site.db
      .selectFrom('comment')
      .select('edited_at')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(edited_at).toEqual(site.now);
  });

  it('after a removal: it is refused, and comes back', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'Insult.' });
    const held = await holdCounts(site.db, conversationId);
    const decided = decideOn(site, owner, id, { action: 'remove' });
    await untilWaiting(site.db, 1);
    const edited = edit(id, { body: 'Worse insult.' }, cookie);
    await untilWaiting(site.db, 2);
    held.release();
    expect((await decided).status).toBe(303);
    const { status, text } = await edited;
    expect([status, await sourceOf(id)]).toEqual([403, 'Insult.']);
    expect(text).toContain('Worse insult.');
  });
});

describe('An edit and a closing', () => {
  it('the edit under way is saved before it, and none lands after it', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'The first text.' });
    const held = await holdTable(site.db, 'judgement');
    const early = edit(id, { body: 'Just in time.' }, cookie);
    await untilWaiting(site.db, 1);
    const form = { reason: '', note: '', speakers: 'nobody', beginsAt: undefined, rejectWaiting: false } as const;
    const subject = { scope: 'conversation', conversationId } as const;
    const closing = close(site.db, { subject, moderator: asModerator(owner.id), now: site.now, form });
    await untilWaiting(site.db, 2);
    const late = edit(id, { body: 'Too late.' }, cookie);
    await untilWaiting(site.db, 3);
    held.release();
    await closing;
    expect([(await early).status, (await late).status]).toEqual([303, 403]);
    expect(await sourceOf(id)).toBe('Just in time.');
  });
});

describe('A deletion', () => {
  it('while a reply is being stored waits for it, and leaves a placeholder above it', async () => {
    const { id, cookie } = await replyTo(site, path);
    const held = await holdCounts(site.db, conversationId);
    const reply = postReply(site, path, { parent: String(id) });
    await untilWaiting(site.db, 1);
    const deleted = sendForm(site, `/comments/${id}/delete`, {}, { cookie });
    await untilWaiting(site.db, 2);
    held.release();
    const { commentId } = await reply;
    expect((await deleted).headers.location).toBe(`/comments/${id}`);
    expect(commentIdsOn((await openPage(site, path)).text)).toEqual([id, commentId]);
  });

  it('lets no reply land after it', async () => {
    const { id, cookie } = await replyTo(site, path);
    const held = await holdCounts(site.db, conversationId);
    const deleted = sendForm(site, `/comments/${id}/delete`, {}, { cookie });
    await untilWaiting(site.db, 1);
    const reply = postReply(site, path, { parent: String(id), body: 'A moment too late.' });
    await untilWaiting(site.db, 2);
    held.release();
    expect((await deleted).status).toBe(303);
    const { status, text } = await reply;
    expect(status).toBe(422);
    expect(wordsOf(text)).toContain('is not shown any more');
    expect(text).toContain('A moment too late.');
    const { rows } = await countReplies(id);
    expect(rows).toBe(0);
  });

  it('among fifty replies: those that landed were there before it, and their count is right', async () => {
    const { id, cookie } = await replyTo(site, path);
    const replies = Array.from({ length: 50 }, () => postReply(site, path, { parent: String(id) }));
    await Promise.race(replies);
    const deleted = await sendForm(site, `/comments/${id}/delete`, {}, { cookie });
    const { rows: atDeletion } = await countReplies(id);
    const answers = await Promise.all(replies);
    expect(deleted.status).toBe(303);
    const landed = answers.filter(({ status }) => status === 303).length;
    expect(new Set(answers.map(({ status }) => status))).toEqual(landed === 50 ? new Set([303]) : new Set([303, 422]));
    expect([atDeletion, (await countReplies(id)).rows]).toEqual([landed, landed]);
    const { readable, waiting } = await site.db
      .selectFrom('conversation_count')
      .select(['readable', 'waiting'])
      .where('conversation_id', '=', conversationId)
      .executeTakeFirstOrThrow();
    expect(readable + waiting).toBe(landed);
  });

  it('and an edit at once: nothing of the text is left', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'Secret one.' });
    const [edited, deleted] = await Promise.all([
      edit(id, { body: 'Secret two.' }, cookie),
      sendForm(site, `/comments/${id}/delete`, {}, { cookie }),
    ]);
    expect([303, 403]).toContain(edited.status);
    expect(deleted.status).toBe(303);
    expect([await statusOf(site.db, id), await sourceOf(id), await earlierOf(id)]).toEqual(['deleted', '', []]);
  });

  it('while its form is sent again and again: each is answered by the first comment or by one new one', async () => {
    const fields = { key: randomUUID(), body: 'Said again.', name: 'Greta' };
    const first = await replyTo(site, path, fields);
    const again = Array.from({ length: 12 }, () => postReply(site, path, fields, first));
    const [deleted, ...answers] = await Promise.all([
      sendForm(site, `/comments/${first.id}/delete`, {}, first),
      ...again,
    ]);
    expect([deleted.status, ...answers.map(({ status }) => status)]).toEqual(Array(13).fill(303));
    const last = await postReply(site, path, fields, first);
    expect(last.commentId).not.toBe(first.id);
    for (const { commentId } of answers) expect([first.id, last.commentId]).toContain(commentId);
    expect(commentIdsOn((await openPage(site, path)).text)).toEqual([last.commentId]);
  });
});

function edit(id: number, fields: Fields, cookie: string) {
  return sendForm(site, `/comments/${id}/edit`, fields, { cookie });
}

async function sourceOf(id: number): Promise<string> {
  return (await site.db.selectFrom('comment').select('source').where('id', '=', id).executeTakeFirstOrThrow()).source;
}

async function earlierOf(id: number): Promise<string[]> {
  const rows = await site.db
    .selectFrom('revision')
    .select('source')
    .where('comment_id', '=', id)
    .orderBy('id')
    .execute();
  return rows.map(({ source }) => source);
}

async function countReplies(id: number): Promise<{ rows: number }> {
  const rows = await site.db.selectFrom('comment').select('id').where('parent_id', '=', id).execute();
  return { rows: rows.length };
}
