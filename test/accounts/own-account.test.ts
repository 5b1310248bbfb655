import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { sessionMark } from '../../src/accounts/session-queries.ts';
import { eventually } from '../support/eventually.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { cookieOf, get, givePassword, goodPassword, mailedPath, post, signInAs } from './browser.ts';

let site: TestSite;
let author: { id: number; cookie: string };
let email: string;

beforeAll(async () => {
  site = await createTestSite();
});
afterAll(() => site.close());
beforeEach(async () => {
  await site.db.deleteFrom('rate_limit').execute();
  author = await site.signIn('author');
  email = await givePassword(site.db, author.id);
});

const newPassword = 'eight white storks stay';

describe('one’s own name', () => {
  it('is changed, on one line and without what cannot be seen', async () => {
    await post(site, '/account/name', { name: '  Ada\u202e \n Byron ' }, author.cookie).expect(303, /.*/);
    const { text } = await get(site, '/account', author.cookie).expect(200);
    expect(text).toContain('value="Ada Byron"');
    expect(text).toContain('You are called Ada Byron now.');
  });

  it.each(['', ' ', '\u200b', 'x'.repeat(61)])('cannot be “%s”', async (name) => {
    const { text } = await post(site, '/account/name', { name }, author.cookie).expect(422);
    expect(text).toMatch(/id="name"[^>]* aria-invalid="true"/);
  });

  it.each(['Petra Present', 'рetra рresent', 'Petraʼ Present', 'Fred Former'])('cannot be %s’s', async (name) => {
    await site.signIn('author', 'Petra Present');
    const { id } = await site.signIn('author', 'Fred Former');
    await site.db.updateTable('account').set({ disabled_at: site.now }).where('id', '=', id).execute();
    const { text } = await post(site, '/account/name', { name }, author.cookie).expect(422);
    expect(text).toMatch(/id="name"[^>]* aria-invalid="true"/);
    expect(text).toContain('Someone here has this name');
  });

  it('may be written in another way', async () => {
    const { cookie } = await site.signIn('author', 'Rita Rewritten');
    await post(site, '/account/name', { name: 'RITA Rewritten' }, cookie).expect(303);
  });

  it('changes nobody else’s', async () => {
    const other = await site.signIn('author', 'Somebody Else');
    await post(site, '/account/name', { name: 'Changed', id: String(other.id) }, author.cookie).expect(303);
    expect((await get(site, '/account', other.cookie)).text).toContain('value="Somebody Else"');
  });
});

describe('one’s own password', () => {
  it('is changed by who knows the present one, who stays signed in under a new id, and nowhere else', async () => {
    const elsewhere = await signInAs(site, email);
    const response = await post(
      site,
      '/account/password',
      { present: goodPassword, password: newPassword },
      author.cookie,
    );
    expect([response.status, response.get('Location')]).toEqual([303, '/account']);
    const cookie = cookieOf(response);
    expect(cookie).toBeDefined();
    expect((await get(site, '/account', cookie).expect(200)).text).toContain('Your password is changed.');
    for (const ended of [author.cookie, elsewhere]) await get(site, '/account', ended).expect(303);
    await post(site, '/sign-in', { email, password: goodPassword }).expect(422);
    await signInAs(site, email, newPassword);
  });

  it('ends the links that were mailed before', async () => {
    await post(site, '/password-reset', { email }).expect(303);
    const path = await mailedPath(site.db, email);
    await post(site, '/account/password', { present: goodPassword, password: newPassword }, author.cookie).expect(303);
    await get(site, path).expect(410);
  });

  it('stays where the present one is wrong, and so do the sessions', async () => {
    const form = { present: 'seven grey herons left', password: newPassword };
    const { text } = await post(site, '/account/password', form, author.cookie).expect(422);
    expect(text).toContain('This is not your present password.');
    expect(text).not.toContain(newPassword);
    await get(site, '/account', author.cookie).expect(200);
    await signInAs(site, email);
  });

  it('stays where the new one is too short', async () => {
    const { text } = await post(site, '/account/password', { present: goodPassword, password: 'short' }, author.cookie);
    expect(text).toContain('A password has 15 characters or more.');
    await signInAs(site, email);
  });

  it('cannot be guessed from an open session', async () => {
    const guess = () => post(site, '/account/password', { present: 'x', password: newPassword }, author.cookie);
    for (let time = 0; time < 10; time += 1) await guess().expect(422);
    const response = await guess().expect(429);
    expect(Number(response.get('Retry-After'))).toBeGreaterThan(800);
    expect(response.text).toContain('There were too many attempts.');
  });
});

describe('the list of sessions', () => {
  const linux = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
  const marks = (html: string) => [...html.matchAll(/sessions\/([0-9a-f]{64})\/end/g)].map((match) => match[1] ?? '');

  it('says where one is signed in, and which of them is this', async () => {
    const signedIn = await post(site, '/sign-in', { email, password: goodPassword })
      .set('User-Agent', linux)
      .expect(303);
    const { text } = await get(site, '/account', cookieOf(signedIn)).expect(200);
    expect(text).toMatch(/Firefox on Linux<\/strong>[\s\S]{0,200}This is the browser that you are using now\./);
    expect(text).toContain('<strong>An unknown browser</strong>');
    expect(marks(text)).toHaveLength(1);
  });

  it('holds nothing with which one could sign in', async () => {
    const { text } = await get(site, '/account', author.cookie).expect(200);
    const rows = await site.db.selectFrom('session').select('sid').execute();
    for (const { sid } of rows) expect(text).not.toContain(sid);
  });

  it('ends one of them at once', async () => {
    const [kept, ended] = [await signInAs(site, email), author.cookie];
    const [mark] = marks((await get(site, '/account', kept)).text);
    const response = await post(site, `/account/sessions/${mark}/end`, {}, kept).expect(303);
    expect(response.get('Location')).toBe('/account');
    await get(site, '/account', ended).expect(303);
    await get(site, '/account', kept).expect(200);
  });

  it('does not end the one that is being used: that is what signing out is for', async () => {
    const rows = await site.db.selectFrom('session').select('sid').where('account_id', '=', author.id).execute();
    await post(site, `/account/sessions/${sessionMark(rows[0]?.sid ?? '')}/end`, {}, author.cookie).expect(404);
    await get(site, '/account', author.cookie).expect(200);
  });

  it('ends all but this one', async () => {
    const others = [await signInAs(site, email), await signInAs(site, email)];
    await post(site, '/account/sessions/end-others', {}, author.cookie).expect(303);
    for (const cookie of others) await get(site, '/account', cookie).expect(303);
    const { text } = await get(site, '/account', author.cookie).expect(200);
    expect(marks(text)).toEqual([]);
    expect(text).not.toContain('end-others');
  });

  it('does not reach the sessions of others', async () => {
    const other = await site.signIn('owner');
    const second = await signInAs(site, await givePassword(site.db, other.id));
    const [mark] = marks((await get(site, '/account', second)).text);
    await post(site, `/account/sessions/${mark}/end`, {}, author.cookie).expect(404);
    await post(site, '/account/sessions/end-others', {}, author.cookie).expect(303);
    for (const cookie of [other.cookie, second]) await get(site, '/account', cookie).expect(200);
  });

  it('does not show those that have run out', async () => {
    await signInAs(site, email);
    const later = site.now;
    site.now = new Date(later.getTime() + 31 * 86_400_000);
    expect(marks((await get(site, '/account', author.cookie)).text)).toEqual([]);
    site.now = later;
  });

  it('stays ended under a request that was under way and has a notice to save', async () => {
    const late = await site.db.transaction().execute(async (trx) => {
      await trx.selectFrom('account').select('id').where('id', '=', author.id).forUpdate().execute();
      const underWay = post(site, '/account/name', { name: 'Still Here' }, author.cookie).then((answer) => answer);
      await eventually(async () => {
        const { rows } = await sql`
          select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
          site.db,
        );
        return rows[0];
      });
      await site.db.deleteFrom('session').where('account_id', '=', author.id).execute();
      return { underWay };
    });
    expect((await late.underWay).status).toBe(303);
    await get(site, '/account', author.cookie).expect(303);
    expect(await site.db.selectFrom('session').select('sid').where('account_id', '=', author.id).execute()).toEqual([]);
  });
});
