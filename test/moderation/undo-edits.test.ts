import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { findLessons } from '../../src/training/labels.ts';
import {
  type Asker,
  commentOn,
  decideOn,
  type Fields,
  fieldOn,
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

jest.setTimeout(60_000);

let site: TestSite;
let owner: { id: number; cookie: string };
let moderator: { id: number; cookie: string };
let other: { id: number; cookie: string };
let author: { id: number; cookie: string };
let path: string;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
  moderator = await site.signIn('moderator', 'Mona Moderator');
  other = await site.signIn('moderator', 'Otto Other');
  author = await site.signIn('author', 'Anna Author');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  const post = await addPost(site.db, { title: 'Second thoughts', authorId: author.id, mode: 'open' });
  path = `/posts/${post.slug}`;
});

describe('The undo of an edit that one of the staff made', () => {
  it('brings the text back with all that belonged to it, and can be undone itself', async () => {
    const { id } = await replyTo(
      site,
      path,
      { body: 'The *first* words, which are long enough to be known by: https://first.example/.' },
      moderator,
    );
    await later();
    await edit(id, 'The second words, which are long enough to be known by: https://second.example/.');
    const states = [await stateOf(id)];
    await later();
    await edit(id, 'The third words, which are long enough to be known by as well.');
    states.push(await stateOf(id));
    const edited = await lastOn(id);

    await later();
    const answer = await undo(edited.id, { back: '/moderation/log' });
    expect([answer.status, answer.headers.location]).toEqual([303, '/moderation/log']);
    expect(await stateOf(id)).toEqual(states[0]);
    const undone = await lastOn(id);
    expect(undone).toMatchObject({ action: 'undo', undoes: edited.id, actor_id: moderator.id, batch: null });
    expect(commentOn((await openPage(site, path)).text, id)).toContain('The second words');

    await later();
    await undo(undone.id);
    expect(await stateOf(id)).toEqual(states[1]);
    expect(await lastOn(id)).toMatchObject({ action: 'undo', undoes: undone.id });
    expect(wordsOf((await openPage(site, '/moderation', moderator)).text)).toContain('It was undone. Undo');
  });

  it('of the first one leaves no mark of an edit', async () => {
    const { id } = await replyTo(site, path, { body: 'As it was.' }, moderator);
    const before = await stateOf(id);
    await later();
    await edit(id, 'Otherwise.');
    expect(commentOn((await openPage(site, path)).text, id)).toContain('edited on');
    await undo((await lastOn(id)).id);
    expect(await stateOf(id)).toEqual(before);
    expect(commentOn((await openPage(site, path)).text, id)).not.toContain('edited on');
    const { status } = await openPage(site, `/moderation/comments/${id}/revisions`, moderator);
    expect(status).toBe(404);
  });

  it('brings back what came in HTML as it was shown', async () => {
    const { id } = await replyTo(site, path, { body: 'In another form.' }, moderator);
    const html = '<p><em>So</em> it was.</p>';
    await site.db
      .updateTable('comment')
      .set({ source: html, html, source_format: 'html' })
      .where('id', '=', id)
      .execute();
    const before = await stateOf(id);
    await later();
    await edit(id, 'Otherwise.');
    await undo((await lastOn(id)).id);
    expect(await stateOf(id)).toEqual(before);
    expect((await openPage(site, path)).text).toContain(html);
  });

  it('brings it back to where it stood, where a rule had held it for the edit, and holds it anew when undone', async () => {
    await setRule(site.db, 'words', { settings: { held: '', spam: 'casino' } });
    const { id } = await replyTo(site, path, { body: 'Harmless.' }, moderator);
    await decideOn(site, owner, id, { action: 'remove' });
    await decideOn(site, owner, id, { action: 'spam' });
    await decideOn(site, owner, id, { action: 'restore' });
    const before = await stateOf(id);
    expect(before.comment.status).toBe('pending');
    await edit(id, 'A casino.');
    const after = await stateOf(id);
    expect(after.comment).toMatchObject({ status: 'spam', unconfirmed_spam: true, held_by: 'words' });
    const [taken, edited] = await eventsOf(id);
    expect([edited?.action, taken?.action]).toEqual(['edit', 'spam']);

    await undo(edited?.id ?? 0);
    expect(await stateOf(id)).toEqual(before);
    const [last, first] = await eventsOf(id);
    expect([first?.undoes, last?.undoes]).toEqual([taken?.id, edited?.id]);
    await undo(first?.id ?? 0);
    expect(await stateOf(id)).toEqual(after);
    await undo((await lastOn(id)).id);
    expect(await stateOf(id)).toEqual(before);
  });

  it('sent twice by one person is done once', async () => {
    const { id } = await replyTo(site, path, { body: 'As it was.' }, moderator);
    await edit(id, 'Otherwise.');
    const { id: event } = await lastOn(id);
    const answers = await Promise.all([undo(event), undo(event)]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect(await site.db.selectFrom('event').select('id').where('undoes', '=', event).execute()).toHaveLength(1);
    expect((await stateOf(id)).comment.source).toBe('As it was.');
  });

  it('is refused where it was edited since, and offers to undo that first', async () => {
    const { id } = await replyTo(site, path, { body: 'One.' }, moderator);
    await edit(id, 'Two.');
    const first = await lastOn(id);
    await edit(id, 'Three.');
    const second = await lastOn(id);
    const { status, text } = await undo(first.id);
    expect(status).toBe(409);
    expect(wordsOf(text)).toMatch(/Something else has happened to this comment since.*Edited by Mona Moderator/);
    expect(wordsOf(text)).toContain('What happened last can be undone first. Undo that first');
    expect(fieldOn(text, 'event')).toBe(String(second.id));
    expect((await stateOf(id)).comment.source).toBe('Three.');
    await undo(second.id);
    await undo(first.id);
    expect((await stateOf(id)).comment.source).toBe('One.');
  });

  it('is refused where somebody decided since, or its writer deleted it', async () => {
    const { id } = await replyTo(site, path, { body: 'One.' }, moderator);
    await edit(id, 'Two.');
    const { id: event } = await lastOn(id);
    await decideOn(site, owner, id, { action: 'remove', reason: 'Enough.' });
    const decided = await undo(event);
    expect(decided.status).toBe(409);
    expect(wordsOf(decided.text)).toContain('Removed by Olivia Owner');
    expect(fieldOn(decided.text, 'event')).toBe(String((await lastOn(id)).id));
    await sendForm(site, `/comments/${id}/delete`, {}, moderator);
    const erased = await undo(event);
    expect([erased.status, fieldOn(erased.text, 'event')]).toEqual([409, undefined]);
    expect((await stateOf(id)).comment.source).toBe('');
  });

  it('is for who made it, and for owners; not for other moderators, nor of what a guest edited', async () => {
    const { id } = await replyTo(site, path, { body: 'One.' }, moderator);
    await edit(id, 'Two.');
    const { id: event } = await lastOn(id);
    expect((await undo(event, {}, other)).status).toBe(404);
    expect((await undo(event, {}, author)).status).toBe(404);
    expect((await openPage(site, `/moderation/log?comment=${id}`, other)).text).not.toContain(
      'action="/moderation/undo"',
    );
    expect((await openPage(site, `/moderation/log?comment=${id}`, owner)).text).toContain('action="/moderation/undo"');
    expect((await undo(event, {}, owner)).status).toBe(303);

    const own = await replyTo(site, path, { body: 'One.' }, author);
    await edit(own.id, 'Two.', author);
    expect((await undo((await lastOn(own.id)).id, {}, author)).status).toBe(303);
    expect((await stateOf(own.id)).comment.source).toBe('One.');

    const guest = await replyTo(site, path, { body: 'One.' });
    await edit(guest.id, 'Two.', guest);
    expect((await undo((await lastOn(guest.id)).id, {}, owner)).status).toBe(404);
    const log = await openPage(site, `/moderation/log?comment=${guest.id}`, owner);
    expect(log.text.slice(log.text.indexOf('<ol class="log">'))).not.toContain('action="/moderation/undo"');
  });

  it('is noticed by a form that was open meanwhile, even where another edit has followed', async () => {
    const { id } = await replyTo(site, path, { body: 'One.' }, moderator);
    await edit(id, 'Two.');
    const version = await versionOf(id);
    await undo((await lastOn(id)).id);
    const stale = await edit(id, 'Three, from Two.', moderator, version);
    expect([stale.status, (await stateOf(id)).comment.source]).toEqual([409, 'One.']);
    expect(wordsOf(stale.text)).toContain('What was saved One.');
    await edit(id, 'Four.');
    expect((await edit(id, 'Three, from Two.', moderator, version)).status).toBe(409);
    expect((await stateOf(id)).comment.source).toBe('Four.');
    expect((await edit(id, 'Five.', moderator, await versionOf(id))).status).toBe(303);
  });

  it('lets a decision teach again that was about the text which is back', async () => {
    const { id } = await replyTo(site, path, { body: 'Words to learn from.' }, moderator);
    await decideOn(site, owner, id, { action: 'remove' });
    await decideOn(site, owner, id, { action: 'spam' });
    await decideOn(site, owner, id, { action: 'approve' });
    const lessons = async () => (await findLessons(site.db, { commentIds: [id], imported: false })).length;
    expect(await lessons()).toBe(1);
    await edit(id, 'Other words.');
    expect(await lessons()).toBe(0);
    await undo((await lastOn(id)).id);
    expect(await lessons()).toBe(1);
  });
});

function undo(event: number, fields: Fields = {}, asker: Asker = moderator) {
  return sendForm(site, '/moderation/undo', { event: String(event), ...fields }, asker);
}

function edit(id: number, body: string, asker: Asker = moderator, version?: string) {
  return sendForm(site, `/comments/${id}/edit`, { body, ...(version !== undefined && { version }) }, asker);
}

async function later(): Promise<void> {
  site.now = new Date(site.now.getTime() + 60_000);
}

const lastOn = (id: number) => lastEvent(site.db, 'comment', id);

async function versionOf(id: number): Promise<string> {
  return fieldOn((await openPage(site, `/comments/${id}/edit`, moderator)).text, 'version') ?? '';
}

function eventsOf(id: number) {
  return site.db
    .selectFrom('event')
    .selectAll()
    .where('subject_kind', '=', 'comment')
    .where('subject_id', '=', id)
    .orderBy('id', 'desc')
    .execute();
}

/** All that an edit changes of a comment, and what is known of its text. */
async function stateOf(id: number) {
  const comment = await site.db.selectFrom('comment').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const revisions = await site.db
    .selectFrom('revision')
    .select(['source', 'source_format', 'replaced_at'])
    .where('comment_id', '=', id)
    .where(({ eb }) => eb(eb('swaps', '%', 2), '=', 1))
    .orderBy('id')
    .execute();
  const fingerprints = await site.db
    .selectFrom('comment_fingerprint')
    .selectAll()
    .where('comment_id', '=', id)
    .execute();
  const places = await site.db.selectFrom('comment_place').selectAll().where('comment_id', '=', id).execute();
  const judgement = await site.db
    .selectFrom('judgement')
    .select(['rule', 'verdict', 'facts', 'opinions'])
    .where('comment_id', '=', id)
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  const counts = await site.db
    .selectFrom('conversation_count')
    .select(['readable', 'waiting'])
    .where('conversation_id', '=', comment.conversation_id)
    .executeTakeFirstOrThrow();
  expect(await statusOf(site.db, id)).toBe(comment.status);
  return { comment, revisions, fingerprints, places, judgement, counts };
}
