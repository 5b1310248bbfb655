import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestSite, type TestSite } from '../support/site.ts';
import { cookieOf, get, givePassword, goodPassword, mailedPath, post, recordedEvents, signInAs } from './browser.ts';

let site: TestSite;
let owner: { id: number; cookie: string };
let invited = 0;

beforeAll(async () => {
  site = await createTestSite({ BASE_URL: 'http://blog.example' });
  owner = await site.signIn('owner', 'Olga Owner');
});
afterAll(() => site.close());

/** Invites an address that nobody was invited with before. */
async function inviteSomeone(role = 'author'): Promise<{ email: string; path: string }> {
  invited += 1;
  const email = `invited-${invited}@example.org`;
  await post(site, '/people/invitations', { email, role }, owner.cookie).expect(200);
  return { email, path: await mailedPath(site.db, email) };
}

const accept = (path: string, name = `Ivo Invited ${invited}`, password = goodPassword) =>
  post(site, path, { name, password });

describe('inviting', () => {
  it('mails a link, shows it where no mail server is set, and keeps only its hash', async () => {
    const form = { email: ' New@Example.ORG', role: 'moderator' };
    const { text } = await post(site, '/people/invitations', form, owner.cookie).expect(200);
    const path = await mailedPath(site.db, 'new@example.org');
    expect(path).toMatch(/^\/invitations\/[\w-]{43}$/);
    expect(text).toContain(`http://blog.example${path}`);
    const mail = await site.db.selectFrom('mail').selectAll().executeTakeFirstOrThrow();
    expect(mail).toMatchObject({ recipient: 'new@example.org', subject: 'Olga Owner invites you to Rejoinder' });
    expect(mail.body).toContain('as: Moderator.');
    expect(mail.body).toContain('within 7 days');
    const [row] = await site.db.selectFrom('invitation').selectAll().execute();
    expect(row).toMatchObject({ email: 'new@example.org', role: 'moderator', invited_by: owner.id, used_at: null });
    expect(row?.expires_at).toEqual(new Date(site.now.getTime() + 7 * 86_400_000));
    expect((await recordedEvents(site.db)).at(-1)).toMatchObject({
      ...{
        subject_kind: 'account',
        subject_id: owner.id,
        action: 'invited',
        to_status: 'moderator',
        actor_id: owner.id,
      },
    });

    const list = (await get(site, '/people', owner.cookie)).text;
    expect(list).toContain('new@example.org');
    expect(list).not.toContain(path.split('/')[2]);
  });

  it('keeps the link to itself where a mail server is set', async () => {
    const mailing = await createTestSite({ SMTP_URL: 'smtp://127.0.0.1:5399' });
    try {
      const { cookie } = await mailing.signIn('owner');
      const form = { email: 'new@example.org', role: 'author' };
      await post(mailing, '/people/invitations', form, cookie).expect(303).expect('Location', '/people');
      const { text } = await get(mailing, '/people', cookie);
      expect(text).toContain('An invitation is on its way to new@example.org.');
      expect(text).not.toContain((await mailedPath(mailing.db, 'new@example.org')).split('/')[2]);
      expect(text).not.toContain('No mail server is set');
    } finally {
      await mailing.close();
    }
  });

  it.each([
    [{ email: 'nobody', role: 'author' }, 'email'],
    [{ email: 'new@example.org', role: 'king' }, 'role'],
    [{ email: 'new@example.org' }, 'role'],
  ])('asks again for %j', async (form, field) => {
    const { text } = await post(site, '/people/invitations', form, owner.cookie).expect(422);
    expect(text).toContain(`href="#${field}"`);
    expect(text).toContain(`value="${form.email}"`);
  });

  it('is refused for an address that has an account, a disabled one too', async () => {
    const author = await site.signIn('author');
    const email = await givePassword(site.db, author.id);
    await site.db.updateTable('account').set({ disabled_at: site.now }).where('id', '=', author.id).execute();
    const form = { email: email.toUpperCase(), role: 'author' };
    const { text } = await post(site, '/people/invitations', form, owner.cookie).expect(422);
    expect(text).toContain('This address has an account already.');
  });

  it('replaces an earlier invitation of the same address', async () => {
    const { email, path } = await inviteSomeone();
    await post(site, '/people/invitations', { email, role: 'moderator' }, owner.cookie).expect(200);
    await get(site, path).expect(404);
    await get(site, await mailedPath(site.db, email)).expect(200);
  });

  it('can be taken back', async () => {
    const { email, path } = await inviteSomeone();
    const list = (await get(site, '/people', owner.cookie)).text;
    const mark = new RegExp(`${email}[\\s\\S]*?/people/invitations/([0-9a-f]{64})/withdraw`).exec(list)?.[1];
    await post(site, `/people/invitations/${mark}/withdraw`, {}, owner.cookie).expect(303);
    await get(site, path).expect(404);
    await accept(path).expect(404);
    expect((await recordedEvents(site.db)).at(-1)).toMatchObject({
      action: 'invitation_withdrawn',
      actor_id: owner.id,
    });
    await post(site, `/people/invitations/${mark}/withdraw`, {}, owner.cookie).expect(404);
  });
});

describe('an invitation', () => {
  it('shows a form as often as it is opened', async () => {
    const { email, path } = await inviteSomeone('moderator');
    for (let time = 0; time < 2; time += 1) {
      const { text, headers } = await get(site, path).expect(200);
      expect(text).toContain('You are invited as: Moderator.');
      expect(text).toContain(`value="${email}" readonly autocomplete="username"`);
      expect(text).toContain('autocomplete="name"');
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['set-cookie']).toBeUndefined();
    }
  });

  it('makes the account with its role, and signs in', async () => {
    const { email, path } = await inviteSomeone('moderator');
    const response = await accept(path, ' Mona  Moderator ').expect(303).expect('Location', '/');
    await get(site, '/moderation', cookieOf(response)).expect(200);
    await get(site, '/people', cookieOf(response)).expect(404);
    await signInAs(site, email);
    const account = await site.db
      .selectFrom('account')
      .selectAll()
      .where('email', '=', email)
      .executeTakeFirstOrThrow();
    expect(account).toMatchObject({ name: 'Mona Moderator', handle: 'mona-moderator', role: 'moderator' });
    expect((await recordedEvents(site.db)).at(-1)).toMatchObject({
      ...{ subject_id: account.id, action: 'joined', to_status: 'moderator', actor_id: account.id },
      numbers: { invited_by: owner.id },
    });
  });

  it.each(['Olga Owner', 'ΟLGA 0WNER', 'Dora Disabled'])('is not accepted in the name of %s', async (name) => {
    const gone = await site.signIn('author', 'Dora Disabled');
    await site.db.updateTable('account').set({ disabled_at: site.now }).where('id', '=', gone.id).execute();
    const { path } = await inviteSomeone();
    const { text } = await accept(path, name).expect(422);
    expect(text).toMatch(/id="name"[^>]* aria-invalid="true"/);
    expect(text).toContain('Someone here has this name');
    await accept(path).expect(303);
  });

  it('gives one name to one of two who want it at once', async () => {
    const paths = [(await inviteSomeone()).path, (await inviteSomeone()).path];
    const answers = await Promise.all(paths.map((path) => accept(path, 'Only One')));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 422]);
  });

  it('gives people whose names propose one handle handles of their own', async () => {
    const handles: string[] = [];
    for (const name of ['木村', '佐藤', '鈴木']) {
      const { email, path } = await inviteSomeone();
      await accept(path, name).expect(303);
      const account = site.db.selectFrom('account').select('handle').where('email', '=', email);
      handles.push((await account.executeTakeFirstOrThrow()).handle);
    }
    expect(handles).toEqual(['person', 'person-2', 'person-3']);
  });

  it('gives handles of their own also to those who come at once', async () => {
    const paths = [await inviteSomeone(), await inviteSomeone(), await inviteSomeone()].map(({ path }) => path);
    const answers = await Promise.all(paths.map((path, index) => accept(path, ['高木', '山田', '林'][index])));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
  });

  it('is used once', async () => {
    const { path } = await inviteSomeone();
    await accept(path).expect(303);
    expect((await get(site, path).expect(410)).text).toContain('This invitation has been used');
    await accept(path).expect(410);
  });

  it('is used by one of two who come at once', async () => {
    const { email, path } = await inviteSomeone();
    const answers = await Promise.all([accept(path, 'One'), accept(path, 'Two')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 410]);
    const accounts = await site.db.selectFrom('account').select('id').where('email', '=', email).execute();
    expect(accounts).toHaveLength(1);
  });

  it('holds for seven days', async () => {
    const { path } = await inviteSomeone();
    const day = site.now;
    site.now = new Date(day.getTime() + 7 * 86_400_000 - 1000);
    await get(site, path).expect(200);
    site.now = new Date(day.getTime() + 7 * 86_400_000);
    await get(site, path).expect(410);
    await accept(path).expect(410);
    site.now = day;
  });

  it.each([
    ['disabled', 'disable'],
    ['no owner any more', 'role'],
  ])('ends when whoever invited is %s', async (_how, action) => {
    const inviter = await site.signIn('owner', 'Iris Inviter');
    const email = `guest-of-${inviter.id}@example.org`;
    await post(site, '/people/invitations', { email, role: 'owner' }, inviter.cookie).expect(200);
    const path = await mailedPath(site.db, email);
    await post(site, `/people/${inviter.id}/${action}`, { role: 'author' }, owner.cookie).expect(303);
    await accept(path, 'Late Guest').expect(404);
  });

  it('is worth nothing without its owner, even where it is left', async () => {
    const inviter = await site.signIn('owner', 'Ira Inviter');
    const email = `guest-of-${inviter.id}@example.org`;
    await post(site, '/people/invitations', { email, role: 'owner' }, inviter.cookie).expect(200);
    const path = await mailedPath(site.db, email);
    await site.db.updateTable('account').set({ role: 'moderator' }).where('id', '=', inviter.id).execute();
    await accept(path, 'Late Guest').expect(410);
    expect(await site.db.selectFrom('account').select('id').where('email', '=', email).execute()).toEqual([]);
  });

  it('stays where what was typed cannot be taken', async () => {
    const { path } = await inviteSomeone();
    const { text } = await post(site, path, { name: '', password: 'too short' }).expect(422);
    expect(text).toContain('2 things need another look');
    expect(text).not.toContain('too short');
    await accept(path).expect(303);
  });

  it('is refused where its address has got an account in the meantime', async () => {
    const { email, path } = await inviteSomeone();
    const author = await site.signIn('author');
    await site.db.updateTable('account').set({ email }).where('id', '=', author.id).execute();
    expect((await accept(path).expect(409)).text).toContain('has got an account in the meantime');
  });

  it('is not accepted for another site, nor anything that was made up', async () => {
    const { path } = await inviteSomeone();
    await accept(path).set('Sec-Fetch-Site', 'cross-site').expect(403);
    await accept(`/invitations/${'a'.repeat(43)}`).expect(404);
    await get(site, '/invitations/%F0%9F%A6%A2').expect(404);
  });
});
