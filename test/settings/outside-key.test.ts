import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { loadRules, storeRules } from '../../src/rules/queries.ts';
import { choiceOf, defaultRules } from '../../src/rules/rule.ts';
import { type ServiceServer, startServiceServer } from '../outside/service-server.ts';
import { type Fields, lastEvent, openPage, sendForm, wordsOf } from '../support/comments.ts';
import { rulesFormOn } from '../support/rules-form.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;
let server: ServiceServer;
let owner: { id: number; cookie: string };

beforeAll(async () => {
  server = await startServiceServer();
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
});
afterAll(async () => {
  await site.close();
  await server.close();
});
beforeEach(async () => {
  server.asked.length = 0;
  server.misbehave = undefined;
  await site.db.deleteFrom('outside_key').execute();
  await site.db.transaction().execute((trx) => storeRules(trx, defaultRules));
});

const on = () => ({ 'outside.on': 'on', 'outside.url': server.url });

describe('The rule for a service elsewhere', () => {
  it('is set on the page of the rules', async () => {
    const fields = { 'outside.found': 'spam', 'outside.network': 'on', 'outside.key': ' right-key ' };
    expect((await save({ ...on(), ...fields })).status).toBe(303);
    const settings = { url: server.url, found: 'spam', network: true };
    expect(await ruleNow()).toEqual({ name: 'outside', enabled: true, settings });
    expect(rulesFormOn((await page()).text)).toMatchObject({ 'outside.found': 'spam', 'outside.network': 'on' });
    expect(await keys()).toEqual([{ url: server.url, key: 'right-key' }]);
  });

  it.each([
    ['', 'Please enter the address of the service'],
    ['akismet', 'Please enter the address of the service'],
    ['http://rest.akismet.com/1.1/', 'must begin with https://'],
    ['https://rest.akismet.com/1.1/?key=1', 'without a password, a question mark'],
  ])('is refused with “%s” for an address', async (url, words) => {
    const { status, text } = await save({ ...on(), 'outside.url': url, 'outside.key': 'typed-key' });
    expect(status).toBe(422);
    expect(wordsOf(text)).toContain(words);
    expect(wordsOf(text)).toContain('Please type the key once more');
    expect(text).not.toContain('typed-key');
    expect(await keys()).toEqual([]);
  });

  it('is refused with a key that is for no address, though it is off', async () => {
    expect((await save({ 'outside.key': 'right-key' })).status).toBe(422);
  });
});

describe('The key', () => {
  it('is shown nowhere once it was given', async () => {
    await save({ ...on(), 'outside.key': 'right-key' });
    await save({ ...on(), 'outside.found': 'spam' });
    const pages = ['/settings/rules', '/moderation/log', '/settings/rules/lists/outside.key.txt'];
    for (const each of pages) expect((await openPage(site, each, owner)).text).not.toContain('right-key');
    const changes = await site.db.selectFrom('settings_change').selectAll().execute();
    expect(JSON.stringify(changes)).toContain(server.url);
    expect(JSON.stringify([changes, await loadRules(site.db)])).not.toContain('right-key');
  });

  it('leaves an event where another one was given, without it, and the log offers no undo', async () => {
    await save({ ...on(), 'outside.key': 'right-key' });
    expect(await lastEvent(site.db, 'site', 1)).toMatchObject({ action: 'rules_saved' });
    await save({ ...on(), 'outside.key': 'another-key' });
    const event = await lastEvent(site.db, 'site', 1);
    expect(event).toMatchObject({ action: 'outside_key_set', actor_id: owner.id, undoes: null });
    expect(wordsOf((await page()).text)).not.toContain('Undo');
    const log = (await openPage(site, '/moderation/log', owner)).text;
    const [item = ''] = log.split('The key for the service elsewhere set anew by').slice(1);
    expect(wordsOf(item)).toContain('Olivia Owner on');
    expect(item.split('Rules set anew')[0]).not.toContain('/moderation/undo');
    expect(log).not.toContain('another-key');
    expect((await sendForm(site, '/moderation/undo', { event: String(event.id) }, owner)).status).toBe(404);
    expect(await keys()).toEqual([{ url: server.url, key: 'another-key' }]);
    await save({ ...on(), 'outside.key': 'another-key' });
    expect((await lastEvent(site.db, 'site', 1)).id).toBe(event.id);
  });

  it('does not stand in the way of an undo of what the site was set to before', async () => {
    await save({ 'links.allowed': '9' });
    const { id } = await lastEvent(site.db, 'site', 1);
    await save({ ...on(), 'outside.on': '', 'outside.key': 'right-key' });
    expect((await sendForm(site, '/moderation/undo', { event: String(id) }, owner)).status).toBe(303);
    expect(choiceOf(await loadRules(site.db), 'links').settings.allowed).toBe(2);
  });

  it('does not stand in the way of reopening the site by an undo', async () => {
    expect((await sendForm(site, '/moderation/closures', {}, owner)).status).toBe(303);
    const closing = await lastEvent(site.db, 'site', 1);
    expect(closing.action).toBe('close');
    await save({ ...on(), 'outside.key': 'right-key' });
    await save({ ...on(), 'outside.key': 'another-key' });
    const answer = await sendForm(site, '/moderation/undo', { event: String(closing.id) }, owner);
    expect(answer.status).toBe(303);
    expect((await lastEvent(site.db, 'site', 1)).undoes).toBe(closing.id);
  });

  it('stays where the field is left empty, and where the rule is taken back', async () => {
    await save({ ...on(), 'outside.key': 'right-key' });
    const kept = await keys();
    await save({ ...on(), 'outside.found': 'spam' });
    expect(await keys()).toEqual(kept);
    const { id } = await lastEvent(site.db, 'site', 1);
    expect((await sendForm(site, '/moderation/undo', { event: String(id) }, owner)).status).toBe(303);
    expect((await ruleNow()).settings).toMatchObject({ url: server.url, found: 'held' });
    expect(await keys()).toEqual(kept);
  });

  it('is kept with its address, so that another one is never sent it', async () => {
    await save({ ...on(), 'outside.key': 'right-key' });
    server.asked.length = 0;
    await save({ ...on(), 'outside.url': `${server.url}other/` });
    expect(wordsOf((await page()).text)).toMatch(
      /There is no key for the service elsewhere.*There is no key for this address/,
    );
    expect(server.asked).toEqual([]);
    await save(on());
    expect(wordsOf((await page()).text)).toContain('A key is kept for this address');
  });

  it('is saved though the service does not know it, and the next page says so', async () => {
    expect((await save({ ...on(), 'outside.key': 'wrong-key' })).status).toBe(303);
    expect(wordsOf((await page()).text)).toContain('The service elsewhere does not know this key.');
    await save({ ...on(), 'outside.key': 'right-key' });
    expect(wordsOf((await page()).text)).toContain('The rules are saved.');
    expect(server.asked.map(({ path }) => path)).toEqual(['/1.1/verify-key', '/1.1/verify-key']);
  });

  it('is saved though the service does not answer, and the next page says so', async () => {
    server.misbehave = (response) => void response.destroy();
    await save({ ...on(), 'outside.key': 'right-key' });
    expect(wordsOf((await page()).text)).toContain('did not say whether it knows the key');
  });

  it('is not asked about where something else is saved', async () => {
    await save({ ...on(), 'outside.key': 'right-key' });
    server.asked.length = 0;
    await save({ 'links.allowed': '7' });
    expect(server.asked).toEqual([]);
  });
});

describe('The log', () => {
  it('says in words what the rule was set to', async () => {
    await save({ ...on(), 'outside.key': 'right-key' });
    await save({ ...on(), 'outside.found': 'spam', 'outside.network': 'on' });
    const log = wordsOf((await openPage(site, '/moderation/log', owner)).text);
    expect(log).toContain(`on, ${server.url}: hold what it takes for spam`);
    expect(log).toContain(`on, ${server.url}: take for spam what it takes for spam; it is told the network address`);
    expect(log).toContain('off, no service: hold what it takes for spam');
  });
});

const page = () => openPage(site, '/settings/rules', owner);

async function save(fields: Fields) {
  return sendForm(site, '/settings/rules', { ...rulesFormOn((await page()).text), ...fields }, owner);
}

async function ruleNow() {
  return choiceOf(await loadRules(site.db), 'outside');
}

function keys() {
  return site.db.selectFrom('outside_key').selectAll().execute();
}
