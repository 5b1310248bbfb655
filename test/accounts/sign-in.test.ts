import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';
import { sql } from 'kysely';
import request from 'supertest';
import { hashToken } from '../../src/accounts/tokens.ts';
import { createTestSite, fromOwnPage, type TestSite } from '../support/site.ts';
import { cookieOf, get, givePassword, goodPassword, post, signInAs } from './browser.ts';

let site: TestSite;
let owner: { id: number; cookie: string };
let email: string;

beforeAll(async () => {
  site = await createTestSite({ TRUST_PROXY: '1' });
});
afterAll(() => site.close());
beforeEach(async () => {
  await site.db.deleteFrom('rate_limit').execute();
  owner = await site.signIn('owner');
  email = await givePassword(site.db, owner.id);
});

const wrong = 'seven grey herons left';

describe('signing in', () => {
  it('has a form that password managers understand, and sets no cookie', async () => {
    const { text, headers } = await get(site, '/sign-in').expect(200);
    expect(text).toMatch(/name="email" type="email"[^>]* autocomplete="username"/);
    expect(text).toMatch(/name="password" type="password"[^>]* autocomplete="current-password"/);
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('opens the pages of the staff', async () => {
    const cookie = await signInAs(site, email);
    await get(site, '/people', cookie).expect(200);
  });

  it('takes an address as people type it', async () => {
    await signInAs(site, `  ${email.toUpperCase()} `);
  });

  it('keeps who signed in, when and with what', async () => {
    const longName = `Mozilla/5.0 ${'x'.repeat(300)}`;
    const response = await post(site, '/sign-in', { email, password: goodPassword }).set('User-Agent', longName);
    const sid =
      decodeURIComponent(cookieOf(response) ?? '')
        .slice('session=s:'.length)
        .split('.')[0] ?? '';
    const session = await site.db.selectFrom('session').selectAll().where('sid', '=', sid).executeTakeFirstOrThrow();
    expect(session.account_id).toBe(owner.id);
    expect(session.sess).toMatchObject({
      ...{ accountId: owner.id, signedInAt: site.now.toISOString(), userAgent: longName.slice(0, 200) },
    });
  });

  it('sets a cookie that scripts and other sites cannot use', async () => {
    const response = await post(site, '/sign-in', { email, password: goodPassword });
    expect(response.get('Set-Cookie')?.[0]).toMatch(/; HttpOnly/);
    expect(response.get('Set-Cookie')?.[0]).toMatch(/; SameSite=Lax/);
  });

  it('begins a session with a new id, whatever the browser brought along', async () => {
    const planted = (await site.signIn('author')).cookie;
    const cookie = cookieOf(await post(site, '/sign-in', { email, password: goodPassword }, planted).expect(303));
    expect(cookie).toBeDefined();
    expect(cookie).not.toBe(planted);
    await get(site, '/account', planted).expect(303);
  });

  it('answers once the session is stored, so that no browser comes back too early', async () => {
    await sql`
      create function wait_to_store() returns trigger language plpgsql as $$
      begin perform pg_advisory_xact_lock(7); return new; end $$`.execute(site.db);
    await sql`create trigger waits before insert on session for each row execute function wait_to_store()`.execute(
      site.db,
    );
    let answered = false;
    const answer = await site.db.transaction().execute(async (trx) => {
      await sql`select pg_advisory_xact_lock(7)`.execute(trx);
      const answer = headersOf('/sign-in', { email, password: goodPassword }).then((status) => {
        answered = true;
        return status;
      });
      const waiting = sql`select 1 from pg_locks where locktype = 'advisory' and not granted`;
      while ((await waiting.execute(trx)).rows.length === 0) await setTimeout(5);
      await setTimeout(50);
      expect(answered).toBe(false);
      return { answer };
    });
    expect(await answer.answer).toBe(303);
    await sql`drop trigger waits on session`.execute(site.db);
  });

  it('puts the end of a session off when it is used, but not with each page', async () => {
    const { id, cookie } = await site.signIn('author');
    const ends = async () => {
      const session = site.db.selectFrom('session').select('expire').where('account_id', '=', id);
      return (await session.executeTakeFirstOrThrow()).expire.getTime();
    };
    const before = await ends();
    await get(site, '/account', cookie).expect(200);
    const after = await ends();
    expect(after).toBeGreaterThan(before);
    await get(site, '/account', cookie).expect(200);
    expect(await ends()).toBe(after);
  });

  it('does not take an id that the browser made up', async () => {
    const madeUp = 'session=s%3Amade-up.signature';
    const cookie = cookieOf(await post(site, '/sign-in', { email, password: goodPassword }, madeUp).expect(303));
    expect(cookie).not.toContain('made-up');
  });

  it('goes on where one wanted to go', async () => {
    const { text } = await get(site, '/sign-in?next=%2Fmoderation%3Fstatus%3Dspam').expect(200);
    expect(text).toContain('name="next" value="/moderation?status=spam"');
    const form = { email, password: goodPassword, next: '/moderation?status=spam' };
    await post(site, '/sign-in', form).expect('Location', '/moderation?status=spam');
    await get(site, '/sign-in?next=%2Fwrite', owner.cookie).expect(303).expect('Location', '/write');
  });

  test.each(['//elsewhere.example', '/\\elsewhere.example', 'https://elsewhere.example'])(
    'never goes to another site: %s',
    async (next) => {
      await post(site, '/sign-in', { email, password: goodPassword, next }).expect('Location', '/');
      await get(site, `/sign-in?next=${encodeURIComponent(next)}`, owner.cookie).expect('Location', '/');
      const { text } = await get(site, `/sign-in?next=${encodeURIComponent(next)}`);
      expect(text).toContain('name="next" value="/"');
    },
  );

  it('is not done for another site', async () => {
    const form = { email, password: goodPassword };
    for (const from of ['cross-site', 'same-site']) {
      const response = await post(site, '/sign-in', form).set('Sec-Fetch-Site', from).expect(403);
      expect(cookieOf(response)).toBeUndefined();
    }
    await request(site.app)
      .post('/sign-in')
      .set('Origin', 'https://elsewhere.example')
      .type('form')
      .send(form)
      .expect(403);
  });
});

/** Sends a form, and gives the status as soon as the headers of the answer are there. */
async function headersOf(path: string, fields: Record<string, string>): Promise<number> {
  const server = site.app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    ...{ method: 'POST', redirect: 'manual', body: new URLSearchParams(fields), headers: fromOwnPage },
  });
  server.close();
  return response.status;
}

describe('what does not sign in', () => {
  /** The page that answers, without the address that was typed. */
  async function refusal(typed: string, password = wrong) {
    const response = await post(site, '/sign-in', { email: typed, password }).expect(422);
    expect(cookieOf(response)).toBeUndefined();
    return response.text.replaceAll(typed, '…');
  }

  it('says the same of a wrong password, an unknown address and a disabled account', async () => {
    const disabled = await site.signIn('author');
    const disabledEmail = await givePassword(site.db, disabled.id);
    await site.db.updateTable('account').set({ disabled_at: site.now }).where('id', '=', disabled.id).execute();
    const known = await refusal(email);
    expect(known).toContain('do not belong together');
    expect(await refusal('nobody@example.org')).toBe(known);
    expect(await refusal(disabledEmail, goodPassword)).toBe(known);
  });

  it('keeps the address in the form, and never the password', async () => {
    const { text } = await post(site, '/sign-in', { email, password: wrong, next: '/write' }).expect(422);
    expect(text).toContain(`value="${email}"`);
    expect(text).toContain('value="/write"');
    expect(text).not.toContain(wrong);
  });

  it('takes neither nothing nor 50,000 characters for a password', async () => {
    await post(site, '/sign-in', {}).expect(422);
    await post(site, '/sign-in', { email, password: 'x'.repeat(50_000) }).expect(422);
    await post(site, '/sign-in', { email: `${'x'.repeat(10_000)}@example.org`, password: '\0\ud800' }).expect(422);
  });

  it('is not let in by an account that has no password', async () => {
    const sample = { handle: 'sample', name: 'Sample', role: 'author', created_at: site.now } as const;
    await site.db.insertInto('account').values(sample).execute();
    await post(site, '/sign-in', { email: '', password: '' }).expect(422);
  });
});

describe('too many attempts', () => {
  const attempt = (address: string, ip = '192.0.2.1') =>
    post(site, '/sign-in', { email: address, password: wrong, next: '/write' }).set('X-Forwarded-For', ip);

  /** Leaves the limits as that many attempts would, without the work of so many comparisons. */
  async function pretend(points: number, limit: 'account' | 'network'): Promise<void> {
    await site.db.updateTable('rate_limit').set({ points }).where('key', 'like', `sign-in-${limit}:%`).execute();
  }

  it.each([
    ['for an account', () => email],
    ['for an address that has none', () => 'nobody@example.org'],
  ])('are refused after ten %s, wherever they come from, and say when to come back', async (_what, address) => {
    for (let time = 0; time < 10; time += 1) await attempt(address(), `192.0.2.${time}`).expect(422);
    const response = await attempt(address(), '192.0.2.77').expect(429);
    const seconds = Number(response.get('Retry-After'));
    expect(seconds).toBeGreaterThan(800);
    expect(seconds).toBeLessThanOrEqual(900);
    expect(response.text).toContain('Please wait 15 minutes and try again.');
    expect(response.text).toContain(`value="${address()}"`);
    expect(response.text).toContain('value="/write"');
    expect(response.text).not.toContain(wrong);
  });

  it('refuse the right password too, and nobody else’s', async () => {
    await attempt(email).expect(422);
    await pretend(10, 'account');
    await post(site, '/sign-in', { email, password: goodPassword }).expect(429);
    const other = await site.signIn('author');
    await signInAs(site, await givePassword(site.db, other.id));
  });

  it('are told to a known and an unknown address alike', async () => {
    const answer = async (address: string) => {
      await attempt(address).expect(422);
      await pretend(10, 'account');
      return (await attempt(address).expect(429)).text.replaceAll(address, '…');
    };
    expect(await answer(email)).toBe(await answer('nobody@example.org'));
  });

  it('are counted anew after signing in', async () => {
    await attempt(email).expect(422);
    await pretend(9, 'account');
    await signInAs(site, email);
    const rows = site.db.selectFrom('rate_limit').select('key').where('key', 'like', 'sign-in-account:%');
    expect(await rows.execute()).toEqual([]);
  });

  it('are counted when they come at once', async () => {
    const statuses = (await Promise.all(Array.from({ length: 14 }, () => attempt(email)))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 422)).toHaveLength(10);
  });

  it('are refused after fifty out of one network, whichever accounts they try', async () => {
    await attempt('person-1@example.org').expect(422);
    await pretend(49, 'network');
    await attempt('person-50@example.org').expect(422);
    await attempt('person-51@example.org').expect(429);
    await attempt('person-52@example.org', '198.51.100.1').expect(422);
  });

  it('do not count those that were none', async () => {
    for (let time = 0; time < 3; time += 1) await signInAs(site, email);
    const rows = await site.db.selectFrom('rate_limit').select('points').execute();
    expect(rows).toEqual([{ points: 0 }]);
  });

  it('leave no address in the table', async () => {
    await attempt(email, '127.0.0.1').expect(422);
    const rows = await site.db.selectFrom('rate_limit').select('key').execute();
    expect(rows).toHaveLength(2);
    const plain = [email, '127.0.0.1', hashToken(email).toString('base64url'), hashToken('127.0.0.1').toString('hex')];
    for (const { key } of rows) for (const each of plain) expect(key).not.toContain(each);
  });
});

describe('signing out', () => {
  it('ends the session and takes the cookie back', async () => {
    const cookie = await signInAs(site, email);
    const response = await post(site, '/sign-out', {}, cookie).expect(303).expect('Location', '/');
    expect(response.get('Set-Cookie')?.join()).toMatch(/^session=; Max-Age=0/);
    await get(site, '/account', cookie).expect(303);
  });

  it('does nothing for another site, by a link, or for who is not signed in', async () => {
    const cookie = await signInAs(site, email);
    await post(site, '/sign-out', {}, cookie).set('Sec-Fetch-Site', 'cross-site').expect(403);
    await get(site, '/sign-out', cookie).expect(404);
    await get(site, '/account', cookie).expect(200);
    await post(site, '/sign-out').expect(303);
  });
});

it('binds the cookie to https where the site has it', async () => {
  const secureSite = await createTestSite({ BASE_URL: 'https://blog.example' });
  try {
    const account = await secureSite.signIn('owner');
    const address = await givePassword(secureSite.db, account.id);
    const response = await post(secureSite, '/sign-in', { email: address, password: goodPassword }).expect(303);
    expect(response.get('Set-Cookie')?.[0]).toMatch(/^__Host-session=.*; Path=\/;.*; Secure/);
    const cookie = response.get('Set-Cookie')?.[0]?.split(';')[0] ?? '';
    const out = await post(secureSite, '/sign-out', {}, cookie).expect(303);
    expect(out.get('Set-Cookie')?.[0]).toMatch(/^__Host-session=; Max-Age=0; Path=\/;.*; Secure/);
  } finally {
    await secureSite.close();
  }
});
