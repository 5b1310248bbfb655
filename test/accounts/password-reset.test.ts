import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestSite, type TestSite } from '../support/site.ts';
import { cookieOf, get, givePassword, goodPassword, mailedPath, post, signInAs } from './browser.ts';

let site: TestSite;
let author: { id: number; cookie: string };
let email: string;

beforeAll(async () => {
  site = await createTestSite({ BASE_URL: 'http://blog.example' });
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date();
  await site.db.deleteFrom('rate_limit').execute();
  author = await site.signIn('author');
  email = await givePassword(site.db, author.id);
});

const newPassword = 'eight white storks stay';

async function askForLink(address = email): Promise<string> {
  await post(site, '/password-reset', { email: address }).expect(303);
  return mailedPath(site.db, email);
}

describe('asking for a new password', () => {
  it('mails a link to the account’s address, and keeps only its hash', async () => {
    const path = await askForLink(` ${email.toUpperCase()}`);
    expect(path).toMatch(/^\/password-reset\/[\w-]{43}$/);
    const mail = await site.db.selectFrom('mail').selectAll().where('recipient', '=', email).executeTakeFirstOrThrow();
    expect(mail.subject).toBe('A new password for Rejoinder');
    expect(mail.body).toContain(`\nhttp://blog.example${path}\n`);
    const [row] = await site.db.selectFrom('password_reset').selectAll().where('account_id', '=', author.id).execute();
    expect(row?.token_hash).toHaveLength(32);
    expect(row?.expires_at).toEqual(new Date(site.now.getTime() + 3_600_000));
  });

  it('answers the same whether or not somebody has the address', async () => {
    await site.db.updateTable('account').set({ disabled_at: site.now }).where('id', '=', author.id).execute();
    const mails = async () => (await site.db.selectFrom('mail').select('id').execute()).length;
    const before = await mails();
    const known = await site.signIn('moderator');
    const addresses = [await givePassword(site.db, known.id), email, 'nobody@example.org'];
    const answers = await Promise.all(addresses.map((address) => post(site, '/password-reset', { email: address })));
    for (const { status, headers, text } of answers) {
      expect([status, headers.location, text]).toEqual([303, '/password-reset/sent', answers[0]?.text]);
      expect(headers['set-cookie']).toBeUndefined();
    }
    expect(await mails()).toBe(before + 1);
    const { text } = await get(site, '/password-reset/sent').expect(200);
    expect(text).toContain('If there is an account with this address');
  });

  it('asks again where what was typed is no address', async () => {
    const { text } = await post(site, '/password-reset', { email: 'nobody' }).expect(422);
    expect(text).toContain('value="nobody"');
    expect(text).toContain('href="#email"');
  });

  it.each([
    ['known', () => email],
    ['unknown', () => 'nobody@example.org'],
  ])('is refused after three times in an hour for an address that is %s', async (_what, address) => {
    for (let time = 0; time < 3; time += 1) await post(site, '/password-reset', { email: address() }).expect(303);
    const response = await post(site, '/password-reset', { email: address() }).expect(429);
    expect(Number(response.get('Retry-After'))).toBeGreaterThan(3500);
    expect(response.text).toContain(`value="${address()}"`);
  });

  it('is refused after twenty times out of one network', async () => {
    const ask = (number: number) => post(site, '/password-reset', { email: `person-${number}@example.org` });
    for (let number = 0; number < 20; number += 1) await ask(number).expect(303);
    await ask(20).expect(429);
  });

  it('is not done for another site', async () => {
    await post(site, '/password-reset', { email }).set('Sec-Fetch-Site', 'cross-site').expect(403);
  });
});

describe('the mailed link', () => {
  it('shows a form as often as it is opened, and uses nothing up', async () => {
    const path = await askForLink();
    for (let time = 0; time < 3; time += 1) {
      const { text, headers } = await get(site, path).expect(200);
      expect(text).toContain('autocomplete="new-password"');
      expect(text).toContain(`value="${email}" readonly autocomplete="username"`);
      expect(headers['cache-control']).toBe('no-store');
    }
    await post(site, path, { password: newPassword }).expect(303);
  });

  it('sets the password, once', async () => {
    const path = await askForLink();
    const done = await post(site, path, { password: newPassword })
      .expect(303)
      .expect('Location', '/password-reset/done');
    expect(cookieOf(done)).toBeUndefined();
    expect((await get(site, '/password-reset/done').expect(200)).text).toContain('href="/sign-in"');
    await post(site, '/sign-in', { email, password: goodPassword }).expect(422);
    await signInAs(site, email, newPassword);

    expect((await get(site, path).expect(410)).text).toContain('This link has been used');
    await post(site, path, { password: 'nine black swans follow' }).expect(410);
    await signInAs(site, email, newPassword);
  });

  it('is used by one of two who come at once', async () => {
    const path = await askForLink();
    const answers = await Promise.all([newPassword, goodPassword].map((password) => post(site, path, { password })));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 410]);
  });

  it('ends every session of the account, and no other', async () => {
    const other = await site.signIn('author');
    const cookie = await signInAs(site, email);
    const path = await askForLink();
    await post(site, path, { password: newPassword }, cookie).expect(303);
    for (const each of [author.cookie, cookie]) await get(site, '/account', each).expect(303);
    await get(site, '/account', other.cookie).expect(200);
  });

  it('ends the other links of the account', async () => {
    const paths = [await askForLink(), await askForLink()];
    await post(site, paths[0] ?? '', { password: newPassword }).expect(303);
    await get(site, paths[1] ?? '').expect(410);
  });

  it('opens an account again that too many wrong passwords had shut', async () => {
    for (let time = 0; time < 11; time += 1) await post(site, '/sign-in', { email, password: 'x' });
    await post(site, '/sign-in', { email, password: goodPassword }).expect(429);
    await post(site, await askForLink(), { password: newPassword }).expect(303);
    await signInAs(site, email, newPassword);
  });

  it('works for an hour', async () => {
    const path = await askForLink();
    site.now = new Date(site.now.getTime() + 3_599_000);
    await get(site, path).expect(200);
    site.now = new Date(site.now.getTime() + 1_000);
    await get(site, path).expect(410);
    await post(site, path, { password: newPassword }).expect(410);
    await signInAs(site, email);
  });

  it('does not open a disabled account', async () => {
    const path = await askForLink();
    await site.db.updateTable('account').set({ disabled_at: site.now }).where('id', '=', author.id).execute();
    await get(site, path).expect(410);
    await post(site, path, { password: newPassword }).expect(410);
  });

  it('stays as it was where the new password cannot be taken', async () => {
    const path = await askForLink();
    const { text } = await post(site, path, { password: 'too short' }).expect(422);
    expect(text).toContain('A password has 15 characters or more.');
    expect(text).not.toContain('too short');
    await post(site, path, { password: newPassword }).expect(303);
  });

  it('leads nowhere where it was made up', async () => {
    await get(site, `/password-reset/${'a'.repeat(43)}`).expect(404);
    await post(site, `/password-reset/${'a'.repeat(43)}`, { password: newPassword }).expect(404);
  });

  it('is not used by another site', async () => {
    const path = await askForLink();
    await post(site, path, { password: newPassword }).set('Sec-Fetch-Site', 'cross-site').expect(403);
    await signInAs(site, email);
  });
});
