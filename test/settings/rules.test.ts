import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { loadRules, storeRules } from '../../src/rules/queries.ts';
import { choiceOf, defaultRules, type RuleChoice } from '../../src/rules/rule.ts';
import { type Fields, lastEvent, openPage, replyTo, sendForm, statusOf, wordsOf } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { rulesFormOn } from '../support/rules-form.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;
let owner: { id: number; cookie: string };
let moderator: { id: number; cookie: string };
let path: string;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
  moderator = await site.signIn('moderator', 'Mona Moderator');
  path = `/posts/${(await addPost(site.db, { title: 'On rules', publishedAt: site.now })).slug}`;
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  await site.db.updateTable('site').set({ comment_mode: 'open' }).execute();
  await site.db.transaction().execute((trx) => storeRules(trx, defaultRules));
});

describe('The rules', () => {
  it('begin as the program knows them, each with a row of its own', async () => {
    const fresh = await createTestSite();
    expect(await loadRules(fresh.db)).toEqual(defaultRules);
    await fresh.close();
  });

  it('are read like prose, in their order, with what can be set among the words', async () => {
    const { text } = await openPage(site, '/settings/rules', owner);
    expect(wordsOf(text)).toMatch(/Links Hold a comment with more than links, unless/);
    expect(text).toMatch(/name="links\.allowed" value="2"/);
    expect(text).toMatch(/name="links\.on" value="on" checked/);
    expect(text).not.toMatch(/name="wave\.on" value="on" checked/);
    expect([...text.matchAll(/id="rule-(\w+)"/g)].map(([, name]) => name)).toEqual(
      defaultRules.map(({ name }) => name),
    );
  });

  it('judge the next comment as they are set, in every way', async () => {
    const linked = () => replyTo(site, path, { body: `Look ${Math.random()}: https://a.example https://b.example` });
    expect(await statusOf(site.db, (await linked()).id)).toBe('approved');
    expect((await save({ 'links.allowed': '1' })).status).toBe(303);
    expect(await statusOf(site.db, (await linked()).id)).toBe('pending');
    await save({ 'links.allowed': '1', 'links.on': '' });
    expect(await statusOf(site.db, (await linked()).id)).toBe('approved');
  });

  it('are saved with an event that says by whom, and the log says what', async () => {
    await save({ 'flooding.browser': '7' });
    expect(await last()).toMatchObject({ action: 'rules_saved', actor_id: owner.id, numbers: { rules: 1 } });
    const log = wordsOf((await openPage(site, '/moderation/log', owner)).text);
    expect(log).toMatch(/Many comments from one place: on, 5, 20 → on, 7, 20/);
    expect(log).toContain('Rules set anew by Olivia Owner');
  });

  it('leave no event where nothing was changed', async () => {
    const before = await last();
    expect((await save({})).status).toBe(303);
    expect(await last()).toEqual(before);
  });

  it('are the owner’s alone', async () => {
    expect((await openPage(site, '/settings/rules', moderator)).status).toBe(404);
    expect((await sendForm(site, '/settings/rules', await formNow(), moderator)).status).toBe(403);
    expect((await openPage(site, '/settings/rules')).status).toBe(303);
  });

  it.each([
    ['links.allowed', ''],
    ['links.allowed', '101'],
    ['links.allowed', '-1'],
    ['flooding.network', '0'],
    ['first_comment.comments', '1e1'],
    ['post_age.days', 'many'],
  ])('are refused where %s is “%s”, with the form as it was typed', async (field, value) => {
    const { status, text } = await save({ [field]: value, 'wave.comments': '33' });
    expect(status).toBe(422);
    expect(text).toMatch(new RegExp(`name="${field.replace('.', '\\.')}" value="${value}"[^>]*aria-invalid="true"`));
    expect(text).toContain('name="wave.comments" value="33"');
    expect(await loadRules(site.db)).toEqual(defaultRules);
  });

  it('are moved one place, and nothing is saved before one says so', async () => {
    const form = { ...(await formNow()), 'links.allowed': '9', move: 'first_comment up' };
    const moved = await sendForm(site, '/settings/rules/arrange', form, owner);
    expect(moved.status).toBe(200);
    expect(moved.text).toContain('name="links.allowed" value="9"');
    expect(wordsOf(moved.text)).toContain('Not saved yet.');
    expect(await loadRules(site.db)).toEqual(defaultRules);
    const order = /name="order" value="([^"]*)"/.exec(moved.text)?.[1] ?? '';
    expect((await save({ order })).status).toBe(303);
    const names = (await loadRules(site.db)).map(({ name }) => name);
    expect(names.indexOf('first_comment')).toBe(defaultRules.findIndex(({ name }) => name === 'first_comment') - 1);
  });

  it('keep the focus on the button that moved one, or on the other once it is first or last', async () => {
    const focused = async (move: string) => {
      const { text } = await sendForm(site, '/settings/rules/arrange', { ...(await formNow()), move }, owner);
      return [...text.matchAll(/<button[^>]* value="([^"]*)"[^>]* autofocus/g)].map(([, value]) => value);
    };
    expect(await focused('links up')).toEqual(['links up']);
    expect(await focused(`${defaultRules[1]?.name} up`)).toEqual([`${defaultRules[1]?.name} down`]);
    expect(await focused(`${defaultRules.at(-2)?.name} down`)).toEqual([`${defaultRules.at(-2)?.name} up`]);
  });

  it('stay where they are where the first is moved up, the last down, or none that there is', async () => {
    for (const move of ['person_held up', 'reports down', 'nothing up', 'links', '']) {
      const { text } = await sendForm(site, '/settings/rules/arrange', { ...(await formNow()), move }, owner);
      expect(/name="order" value="([^"]*)"/.exec(text)?.[1]).toBe(defaultRules.map(({ name }) => name).join(' '));
    }
  });

  it('cannot lose one by an order that leaves it out, or names one twice', async () => {
    await save({ order: 'links links nonsense' });
    const names = (await loadRules(site.db)).map(({ name }) => name);
    expect(names).toEqual(['links', ...defaultRules.map(({ name }) => name).filter((name) => name !== 'links')]);
  });

  it('are not overwritten by who saw older ones: 409 says what differs, and saving again replaces', async () => {
    const old = await formNow();
    await save({ 'links.allowed': '5' });
    const { status, text } = await sendForm(site, '/settings/rules', { ...old, 'flooding.browser': '9' }, owner);
    expect(status).toBe(409);
    expect(wordsOf(text)).toMatch(/Somebody else saved rules.*Links.*Many comments from one place/);
    const token = /name="token" value="([^"]*)"/.exec(text)?.[1] ?? '';
    await sendForm(site, '/settings/rules', { ...old, 'flooding.browser': '9', token }, owner);
    expect(choiceOf(await loadRules(site.db), 'links').settings.allowed).toBe(2);
    expect(choiceOf(await loadRules(site.db), 'flooding').settings.browser).toBe(9);
  });

  it('are not set without the token of a form', async () => {
    expect((await sendForm(site, '/settings/rules', { ...(await formNow()), token: '' }, owner)).status).toBe(400);
  });
});

describe('A list of a rule', () => {
  const list = '# From the old blog\ncasino bonus\nעבודה מהבית\nbuy*now';

  it('is pasted, judges the next comment, and tells staff what was found, but not the writer', async () => {
    expect((await save({ 'words.spam': list, 'words.held': 'idiot' })).status).toBe(303);
    const spam = await replyTo(site, path, { body: 'Get your CASINO bonus' });
    const held = await replyTo(site, path, { body: 'You Idiot!' });
    expect(await statusOf(site.db, spam.id)).toBe('spam');
    expect(await statusOf(site.db, held.id)).toBe('pending');
    expect(wordsOf((await openPage(site, '/moderation', owner)).text)).toMatch(/Held: there are words.*Found: “idiot”/);
    const own = wordsOf((await openPage(site, path, held)).text);
    expect(own).toContain('Held: there are words in it');
    expect(own).not.toContain('Found');
  });

  it('looks at the words as they are read: bold letters within a word do not hide it', async () => {
    await save({ 'words.spam': 'casino' });
    expect(await statusOf(site.db, (await replyTo(site, path, { body: 'A ca**si**no here' })).id)).toBe('spam');
  });

  it('can be had as a file, as it is stored', async () => {
    await save({ 'words.spam': list });
    const { status, text, headers } = await openPage(site, '/settings/rules/lists/words.spam.txt', owner);
    expect([status, text]).toEqual([200, `${list}\n`]);
    expect(headers['content-disposition']).toBe('attachment; filename=words.spam.txt');
  });

  it.each(['words.nothing', 'links.allowed', '__proto__'])('is none where none is named so: %s', async (name) => {
    expect((await openPage(site, `/settings/rules/lists/${name}.txt`, owner)).status).toBe(404);
  });

  it('takes 10,000 entries, and says where it becomes too long', async () => {
    const entries = Array.from({ length: 10_001 }, (_none, index) => `word${index}`);
    expect((await save({ 'words.held': entries.slice(0, 10_000).join('\n') })).status).toBe(303);
    const refused = await save({ 'words.held': entries.join('\n') });
    expect(refused.status).toBe(422);
    expect(wordsOf(refused.text)).toContain('There are too many lines; what begins with line 10001 is left out.');
    expect(refused.text).toContain('word10000');
  });

  it.each([
    ['words.held', `fine\n${'a'.repeat(101)}`, /Line 2 is too long/],
    ['words.held', '*', /no word in line 1/],
    ['hosts.spam', 'not a host', /Line 1 is no host/],
    ['links.hosts', 'example.com/page', /Line 1 is more than a host/],
  ])('is refused where a line makes no sense: %s', async (field, value, words) => {
    const { status, text } = await save({ [field]: value });
    expect(status).toBe(422);
    expect(wordsOf(text)).toMatch(words);
  });

  it('of hosts makes spam of what leads there, also by the website and in the name', async () => {
    await save({ 'hosts.spam': 'casino.example' });
    const to = (fields: Fields) => replyTo(site, path, fields).then(({ id }) => statusOf(site.db, id));
    expect(await to({ body: 'See https://www.casino.example/win' })).toBe('spam');
    expect(await to({ website: 'https://play.casino.example' })).toBe('spam');
    expect(await to({ body: 'See https://notcasino.example' })).toBe('approved');
  });

  it('of hosts whose links are no matter lets many of them pass', async () => {
    await save({ 'links.hosts': 'wiki.example' });
    const links = (last: string) => `https://en.wiki.example/a https://wiki.example/b https://${last}`;
    expect(await statusOf(site.db, (await replyTo(site, path, { body: links('wiki.example/c') })).id)).toBe('approved');
    expect(await statusOf(site.db, (await replyTo(site, path, { body: links('else.example') })).id)).toBe('pending');
  });

  it('goes with the text of a comment: where it led is erased too', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'See https://mine.example' });
    const facts = () =>
      site.db.selectFrom('judgement').select('facts').where('comment_id', '=', id).executeTakeFirstOrThrow();
    expect((await facts()).facts.hosts).toEqual(['mine.example']);
    await sendForm(site, `/comments/${id}/delete`, {}, { cookie });
    expect((await facts()).facts.hosts).toBeUndefined();
  });
});

describe('The undo of a change of the rules', () => {
  it('is offered with the news, sets back what the change had set, and leaves what else was set since', async () => {
    await save({ 'links.allowed': '5', order: 'flooding' });
    const change = await last();
    expect((await openPage(site, '/settings/rules', owner)).text).toContain(`name="event" value="${change.id}"`);
    await save({ 'links.allowed': '5', 'wave.on': 'on', order: 'flooding' });
    expect((await undo(change.id)).status).toBe(303);
    const wave = (rule: RuleChoice) => (rule.name === 'wave' ? { ...rule, enabled: true } : rule);
    expect(await loadRules(site.db)).toEqual(defaultRules.map(wave));
    expect(await last()).toMatchObject({ action: 'undo', undoes: change.id });
  });

  it('can be undone itself', async () => {
    await save({ 'links.allowed': '5' });
    await undo((await last()).id);
    await undo((await last()).id);
    expect(choiceOf(await loadRules(site.db), 'links').settings.allowed).toBe(5);
  });

  it('is refused where the same rule has been set otherwise since', async () => {
    await save({ 'links.allowed': '5' });
    const change = await last();
    await save({ 'links.allowed': '6' });
    const { status, text } = await undo(change.id);
    expect(status).toBe(409);
    expect(wordsOf(text)).toMatch(/has been set otherwise since.*by Olivia Owner/);
    expect(choiceOf(await loadRules(site.db), 'links').settings.allowed).toBe(6);
  });

  it('is refused where the order has been changed since', async () => {
    await save({ order: 'flooding' });
    const change = await last();
    await save({ order: 'links' });
    expect((await undo(change.id)).status).toBe(409);
  });

  it('is the owner’s alone', async () => {
    await save({ 'links.allowed': '5' });
    expect((await undo((await last()).id, moderator)).status).toBe(404);
  });
});

describe('A field that no person sees', () => {
  it('is hidden from people, assistive technology and autofill, and says what to do where no style is', async () => {
    const { text } = await openPage(site, path);
    expect(text).toMatch(/class="unseen"><label for="topic">Please leave this field empty<\/label>/);
    expect(text).toMatch(/<input id="topic" name="topic" autocomplete="off" tabindex="-1">/);
  });

  it('makes a comment spam where it is filled in, and its writer is told and can say something', async () => {
    const { id, cookie } = await replyTo(site, path, { topic: 'Cheap pills' });
    expect(await statusOf(site.db, id)).toBe('spam');
    expect((await openPage(site, `/comments/${id}`)).status).toBe(404);
    expect((await openPage(site, `/comments/${id}`, { cookie })).status).toBe(302);
    const page = await openPage(site, path, { cookie });
    expect(wordsOf(page.text)).toMatch(/Taken for spam.*a field that people do not see was filled in/);
    expect(page.text).toContain(`/comments/${id}/appeal`);
    expect((await openPage(site, `/comments/${id}/appeal`, { cookie })).status).toBe(200);
  });

  it('says nothing about the staff, who have no such field', async () => {
    const { id } = await replyTo(site, path, { topic: 'Anything' }, moderator);
    expect(await statusOf(site.db, id)).toBe('approved');
  });
});

describe('What only some comments meet', () => {
  it('is an address in the place of a name', async () => {
    const { id } = await replyTo(site, path, { name: 'pills.example.com' });
    expect(await statusOf(site.db, id)).toBe('pending');
  });

  it('is a writing that took no time, where a script says so and the rule is on', async () => {
    await save({ 'haste.on': 'on' });
    const quick = await replyTo(site, path, { seconds: '1' });
    const untimed = await replyTo(site, path, { seconds: '' });
    const nonsense = await replyTo(site, path, { seconds: '-1' });
    expect(await Promise.all([quick, untimed, nonsense].map(({ id }) => statusOf(site.db, id)))).toEqual([
      'pending',
      'approved',
      'approved',
    ]);
  });

  it('is an old post, where the rule is on', async () => {
    await save({ 'post_age.on': 'on', 'post_age.days': '1' });
    site.now = new Date(site.now.getTime() + 3 * 86_400_000);
    expect(await statusOf(site.db, (await replyTo(site, path)).id)).toBe('pending');
  });

  it('is a wave, where the rule is on: newcomers wait, and who is known does not', async () => {
    const known = await replyTo(site, path);
    for (let other = 0; other < 3; other += 1) await replyTo(site, path);
    await save({ 'wave.on': 'on', 'wave.comments': '4' });
    expect(await statusOf(site.db, (await replyTo(site, path)).id)).toBe('pending');
    expect(await statusOf(site.db, (await replyTo(site, path, {}, known)).id)).toBe('approved');
  });
});

async function formNow(): Promise<Fields> {
  return rulesFormOn((await openPage(site, '/settings/rules', owner)).text);
}

async function save(fields: Fields) {
  return sendForm(site, '/settings/rules', { ...(await formNow()), ...fields }, owner);
}

const undo = (event: number, asker = owner) => sendForm(site, '/moderation/undo', { event: String(event) }, asker);

const last = () => lastEvent(site.db, 'site', 1);
