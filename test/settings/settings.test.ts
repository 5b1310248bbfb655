import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { loadSite } from '../../src/site/queries.ts';
import { get, post, recordedEvents } from '../accounts/browser.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;
let owner: { id: number; cookie: string };

const plain = {
  title: 'Rejoinder',
  tagline: '',
  language: 'en',
  time_zone: 'UTC',
  comment_mode: 'first_held',
  close_after_days: '',
  edit_minutes: '15',
  authors_moderate: 'on',
};

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner');
});
afterAll(() => site.close());
beforeEach(async () => {
  await site.db
    .updateTable('site')
    .set({ title: 'Rejoinder', tagline: '', time_zone: 'UTC', comment_mode: 'first_held', close_after_days: null })
    .set({
      edit_minutes: 15,
      email_required: false,
      authors_moderate: true,
      version: 1,
    })
    .execute();
});

const save = (fields: Record<string, string>, version = '1') =>
  post(site, '/settings', { ...plain, ...fields, version }, owner.cookie);

describe('the settings', () => {
  it('are shown as they are', async () => {
    const { text } = await get(site, '/settings', owner.cookie).expect(200);
    expect(text).toMatch(/id="title"[^>]* value="Rejoinder"/);
    expect(text).toContain('<option value="UTC" selected>');
    expect(text).toContain('<option value="Europe/Zurich">');
    expect(text).toContain('<option value="en" selected>English</option>');
    expect(text).toContain('<option value="first_held" selected>');
    expect(text).toMatch(/id="authors_moderate"[^>]* checked/);
    expect(text).not.toMatch(/id="email_required"[^>]* checked/);
    expect(text).toContain('name="version" value="1"');
    expect(text.match(/<h1/g)).toHaveLength(1);
  });

  it('are saved, all of them, and it is written down', async () => {
    const form = {
      ...{
        title: ' A  quiet place ',
        tagline: 'For slow readers',
        time_zone: 'Europe/Zurich',
        comment_mode: 'all_held',
      },
      ...{
        close_after_days: '30',
        close_after_quiet_days: '9',
        edit_minutes: '0',
        spam_days: '14',
        email_required: 'on',
        authors_moderate: '',
        authors_remove: 'on',
        authors_pin: '',
        authors_close: 'on',
      },
    };
    await save(form).expect(303).expect('Location', '/settings');
    expect(await loadSite(site.db)).toEqual({
      ...{ id: 1, title: 'A quiet place', tagline: 'For slow readers', language: 'en', time_zone: 'Europe/Zurich' },
      ...{ comment_mode: 'all_held', close_after_days: 30, close_after_quiet_days: 9, edit_minutes: 0, spam_days: 14 },
      ...{ email_required: true, authors_moderate: false, authors_remove: true, authors_pin: false },
      ...{ authors_close: true, version: 2, rules_token: expect.any(String) },
    });
    const { text } = await get(site, '/settings', owner.cookie).expect(200);
    expect(text).toContain('The settings are saved.');
    expect(text).toContain('<a href="/">A quiet place</a>');
    expect((await recordedEvents(site.db)).at(-1)).toMatchObject({
      ...{ subject_kind: 'site', subject_id: 1, action: 'settings_saved', actor_id: owner.id, numbers: { version: 2 } },
    });
  });

  it.each(['open', 'first_held', 'all_held', 'closed'])('take the mode %s', async (comment_mode) => {
    await save({ comment_mode }).expect(303);
    expect((await loadSite(site.db)).comment_mode).toBe(comment_mode);
  });

  it.each([
    ['title', ' '],
    ['title', 'x'.repeat(101)],
    ['tagline', 'x'.repeat(201)],
    ['language', 'xx'],
    ['language', '../secrets'],
    ['time_zone', 'Mars/Olympus'],
    ['time_zone', ''],
    ['comment_mode', 'sometimes'],
    ['close_after_days', '0'],
    ['close_after_days', '36501'],
    ['close_after_days', '1.5'],
    ['close_after_days', '-1'],
    ['close_after_days', 'soon'],
    ['edit_minutes', ''],
    ['edit_minutes', '1441'],
    ['edit_minutes', '-1'],
    ['edit_minutes', '2.5'],
  ])('do not take %s “%s”, and keep what was typed', async (field, value) => {
    const { text } = await save({ tagline: 'As typed', [field]: value }).expect(422);
    expect(text).toContain(`href="#${field}"`);
    expect(text).toContain(`id="${field}-error"`);
    if (field !== 'tagline') expect(text).toContain('value="As typed"');
    expect((await loadSite(site.db)).version).toBe(1);
  });

  it('take the most that the database takes', async () => {
    await save({
      title: '🦢'.repeat(100),
      tagline: '🦢'.repeat(200),
      close_after_days: '36500',
      edit_minutes: '1440',
    }).expect(303);
  });

  it('are not saved for another site', async () => {
    await save({ title: 'Taken over' }).set('Sec-Fetch-Site', 'cross-site').expect(403);
    expect((await loadSite(site.db)).title).toBe('Rejoinder');
  });
});

describe('two owners at the same settings', () => {
  it('are both shown what the other one meant, and nothing is overwritten', async () => {
    await save({ title: 'Theirs', comment_mode: 'open' }).expect(303);
    const { text } = await save({ title: 'Mine', email_required: 'on' }).expect(409);
    expect(text).toContain('Somebody else saved settings while you were at it');
    expect(text).toMatch(/<th scope="row">Title<\/th><td>Theirs<\/td><td>Mine<\/td>/);
    expect(text).toMatch(/<th scope="row">Ask for an e-mail address<\/th><td>No<\/td><td>Yes<\/td>/);
    expect(text).toMatch(/<th scope="row">Who may reply<\/th><td>Open: [^<]*<\/td><td>First comment held: /);
    expect(text).not.toContain('<th scope="row">Tagline</th>');
    expect(text).toMatch(/id="title"[^>]* value="Mine"/);
    expect((await loadSite(site.db)).title).toBe('Theirs');

    expect(text).toContain('name="version" value="2"');
    await save({ title: 'Mine' }, '2').expect(303);
    expect((await loadSite(site.db)).title).toBe('Mine');
  });

  it('are not bothered with what both entered alike', async () => {
    await save({ title: 'Ours' }).expect(303);
    const { text } = await save({ title: 'Ours' }).expect(409);
    expect(text).toContain('Both of you entered the same.');
  });

  it('save one after the other also when they come at once', async () => {
    const answers = await Promise.all(['One', 'Two', 'Three'].map((title) => save({ title })));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409, 409]);
    expect((await loadSite(site.db)).version).toBe(2);
  });

  it.each(['', '0', 'x', '99999999999'])('need to say which settings they saw: not “%s”', async (version) => {
    await save({ title: 'Blind' }, version).expect(400);
  });
});

describe('the power of authors', () => {
  it('ends when the owner takes it away', async () => {
    const author = await site.signIn('author');
    await get(site, '/moderation', author.cookie).expect(200);
    await save({ authors_moderate: '' }).expect(303);
    await get(site, '/moderation', author.cookie).expect(404);
  });
});
