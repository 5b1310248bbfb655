import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { loadRules } from '../../src/rules/queries.ts';
import { choiceOf, type RuleChoice } from '../../src/rules/rule.ts';
import { foldText } from '../../src/text/fold.ts';
import { type Answer, fieldOn, lastEvent, openPage, sendForm, wordsOf } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { act, addWaiting, learnAll } from './lessons.ts';

const path = '/settings/rules/learner';

let site: TestSite;
let owner: { id: number; cookie: string };
let conversationId: number;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
  ({ conversationId } = await addPost(site.db, { title: 'A talk' }));
});
afterAll(() => site.close());

const open = () => openPage(site, path, owner);

async function save(fields: Record<string, string>): Promise<Answer> {
  const token = fieldOn((await open()).text, 'token') ?? '';
  return sendForm(site, path, { held: '', spam: '', on: 'on', token, ...fields }, owner);
}

const stored = async () => {
  const { enabled, settings } = choiceOf(await loadRules(site.db), 'learned');
  return [enabled, settings.held, settings.spam];
};

async function decide(count: number, action: 'approve' | 'spam', text: string): Promise<void> {
  const texts = Array.from({ length: count }, (_, index) => `${text} ${action}${index}`);
  await act(site.db, await addWaiting(site.db, conversationId, texts), { action, actorId: owner.id });
}

describe('The page of the learner, before it has learned enough', () => {
  it('says that it is off, how much it has learned, and what is yet to be learned', async () => {
    expect(wordsOf((await open()).text)).toContain('It is off until it has learned 50 comments of each kind.');
    await decide(3, 'spam', 'Cheap pills');
    expect(wordsOf((await open()).text)).toContain('3 changes are yet to be learned.');
    await learnAll(site.db);
    const words = wordsOf((await open()).text);
    expect(words).toContain('So far it has learned 0 good comments and 3 spam comments.');
    expect(words).not.toContain('yet to be learned');
  });

  it('has no chart, and can be set already', async () => {
    expect((await open()).text).not.toContain('<img');
    expect((await openPage(site, `${path}/scores.svg`, owner)).status).toBe(404);
    expect((await save({ held: '80' })).status).toBe(303);
    await save({});
  });

  it('is for owners', async () => {
    const moderator = await site.signIn('moderator', 'Mona Moderator');
    expect((await openPage(site, path, moderator)).status).toBe(404);
    expect((await openPage(site, `${path}/scores.svg`, moderator)).status).toBe(404);
    expect((await sendForm(site, path, {}, moderator)).status).toBe(403);
    expect((await openPage(site, path)).status).toBe(303);
  });
});

describe('The page of the learner, once it is on', () => {
  beforeAll(async () => {
    await decide(60, 'approve', 'What a lovely <garden>');
    await decide(57, 'spam', 'Cheap pills');
    // Some that it cannot know.
    await decide(2, 'spam', 'What a lovely <garden>');
    await learnAll(site.db);
  });

  it('says what it would have got right and wrong on decisions that it had not seen', async () => {
    const { text } = await open();
    const words = wordsOf(text);
    expect(words).toContain('It is on. It has learned 60 good comments and 62 spam comments.');
    expect(words).toContain('Each of the newest 122 comments that it has learned was scored by what the others teach');
    expect(words).toContain('From a score of 90 on lie 96.8% of the spam and none of 60 good comments.');
    const rows = [...text.matchAll(/<tr><th scope="row">[\s\S]*?<\/tr>/g)].map(([row]) => wordsOf(row));
    expect(rows).toHaveLength(11);
    expect(rows.at(-2)).toBe('95 60 2 0 60');
  });

  it('says what weighs most', async () => {
    const words = wordsOf((await open()).text);
    expect(words).toMatch(new RegExp(`For spam .*“${foldText('cheap pills')}”.* Against it .*“${foldText('lovely')}”`));
  });

  it('draws it, as an image of its own that asks nothing of anybody', async () => {
    const src = /<img src="([^"]+)"[^>]* alt="([^"]+)"/.exec((await open()).text);
    expect(src?.[2]).toContain('Two lines by score');
    const image = await request(site.app)
      .get(src?.[1] ?? '')
      .set('Cookie', owner.cookie)
      .buffer(true);
    expect(image.headers['content-type']).toContain('image/svg+xml');
    expect(image.headers['content-security-policy']).toContain("default-src 'none'");
    expect(Buffer.from(image.body).toString()).toMatch(/<path class="main" d="M[\s\S]*Spam/);
  });

  it('saves from which scores on something happens, as a change of the rules that can be undone', async () => {
    const answer = await save({ held: '70', spam: ' 95 ' });
    expect([answer.status, answer.headers.location]).toEqual([303, path]);
    expect(await stored()).toEqual([true, 70, 95]);
    const words = wordsOf((await open()).text);
    expect(words).toContain('The scores are saved.');
    expect(words).toContain('From 95 on, comments would have been marked as spam: 60 that were spam, and no good one.');
    expect(words).toContain('From 70 on, comments would have been held: 0 that were spam, and no good one.');
    expect(words).toContain('2 spam comments would have passed, with 60 good comments.');
    const { id } = await lastEvent(site.db, 'site', 1);
    expect(wordsOf((await openPage(site, '/moderation/log', owner)).text)).toContain(
      'What was learned from decisions: on, –, – → on, 70, 95',
    );
    expect((await sendForm(site, '/moderation/undo', { event: String(id) }, owner)).status).toBe(303);
    expect(await stored()).toEqual([true, null, null]);
  });

  it('leaves all other rules as they are', async () => {
    await save({});
    const before = await loadRules(site.db);
    await save({ held: '70', spam: '95' });
    const others = (rules: readonly RuleChoice[]) => rules.filter(({ name }) => name !== 'learned');
    expect(others(await loadRules(site.db))).toEqual(others(before));
  });

  it.each([
    [{ held: '0' }, 'Please enter a whole number from 1 to 100, or nothing.'],
    [{ held: '101' }, 'Please enter a whole number from 1 to 100, or nothing.'],
    [{ spam: 'many' }, 'Please enter a whole number from 1 to 100, or nothing.'],
    [{ spam: '9.5' }, 'Please enter a whole number from 1 to 100, or nothing.'],
    [{ held: '90', spam: '90' }, 'This has to be higher than the score from which comments are held.'],
  ])('refuses %j, says why, and keeps what was typed', async (fields: Record<string, string>, why) => {
    const before = await stored();
    const answer = await save(fields);
    expect(answer.status).toBe(422);
    expect(wordsOf(answer.text)).toContain(why);
    for (const [name, value] of Object.entries(fields)) expect(fieldOn(answer.text, name)).toBe(value);
    expect(await stored()).toEqual(before);
  });

  it('saves nothing over what somebody else has saved meanwhile', async () => {
    const token = fieldOn((await open()).text, 'token') ?? '';
    await save({ held: '60' });
    const answer = await sendForm(site, path, { held: '75', spam: '', token }, owner);
    expect(answer.status).toBe(409);
    expect(wordsOf(answer.text)).toContain('Somebody else saved rules while you were at it.');
    expect(fieldOn(answer.text, 'held')).toBe('75');
    expect(await stored()).toEqual([true, 60, null]);
  });

  it('is linked from the rules', async () => {
    expect((await openPage(site, '/settings/rules', owner)).text).toContain(`href="${path}"`);
  });
});
