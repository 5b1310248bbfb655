import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';
import { sql } from 'kysely';
import { hasOwner } from '../../src/accounts/queries.ts';
import { createOwner, setupToken } from '../../src/accounts/setup.ts';
import { loadSecrets, lockSite } from '../../src/site/queries.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { cookieOf, get, goodPassword, post, recordedEvents, signInAs } from './browser.ts';

let site: TestSite;
let token: string;

beforeAll(async () => {
  site = await createTestSite();
  token = setupToken((await loadSecrets(site.db)).setup);
});
afterAll(() => site.close());
beforeEach(async () => {
  await site.db.deleteFrom('session').execute();
  const gone = {
    disabled_at: new Date(),
    email: null,
    password_hash: null,
    name: 'Former',
    handle: sql<string>`'former-' || id`,
  };
  await site.db.updateTable('account').set(gone).execute();
});

const ada = { name: 'Ada Lovelace', email: 'Ada@Example.ORG ', password: goodPassword };

describe('setting the site up', () => {
  it('shows a form to who has the link', async () => {
    const { text, headers } = await get(site, `/setup?token=${token}`).expect(200);
    expect(text).toContain('<h1>Make this site yours</h1>');
    expect(text).toContain('autocomplete="username"');
    expect(text).toContain('autocomplete="new-password"');
    expect(text).toContain('name="robots" content="noindex"');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['set-cookie']).toBeUndefined();
  });

  test.each(['/setup', '/setup?token=', '/setup?token=wrong', '/setup?token=a&token=b'])(
    '%s is nothing',
    async (path) => {
      await get(site, path).expect(404);
    },
  );

  it('refuses another token that is sent with the form', async () => {
    await post(site, '/setup', { ...ada, token: `${token}x` }).expect(404);
    await post(site, '/setup', ada).expect(404);
    expect(await hasOwner(site.db)).toBe(false);
  });

  it('makes the owner and signs them in', async () => {
    const response = await post(site, '/setup', { ...ada, token })
      .expect(303)
      .expect('Location', '/settings');
    const page = await get(site, '/settings', cookieOf(response)).expect(200);
    expect(page.text).toContain('You own this site now.');
    expect(await hasOwner(site.db)).toBe(true);
    const account = await site.db
      .selectFrom('account')
      .selectAll()
      .where('email', 'is not', null)
      .executeTakeFirstOrThrow();
    expect(account).toMatchObject({ name: 'Ada Lovelace', email: 'ada@example.org', role: 'owner' });
    expect((await recordedEvents(site.db)).at(-1)).toMatchObject({
      ...{ subject_kind: 'account', subject_id: account.id, action: 'joined', to_status: 'owner', actor_id: null },
    });
    await signInAs(site, 'ada@example.org');
  });

  it('is over once there is an owner, and possible again when none is left', async () => {
    await post(site, '/setup', { ...ada, token }).expect(303);
    await get(site, `/setup?token=${token}`).expect(404);
    await post(site, '/setup', { ...ada, email: 'eve@example.org', token }).expect(404);
    await site.db.updateTable('account').set({ disabled_at: new Date() }).execute();
    await get(site, `/setup?token=${token}`).expect(200);
  });

  it('does not take an owner who cannot sign in for one', async () => {
    const sample = { handle: 'sample', name: 'Sample', role: 'owner', created_at: new Date() } as const;
    await site.db.insertInto('account').values(sample).execute();
    await get(site, `/setup?token=${token}`).expect(200);
  });

  it('does not take the name of someone who is there, or was', async () => {
    const { text } = await post(site, '/setup', { ...ada, name: 'Fоrmer', token }).expect(422);
    expect(text).toContain('Someone here has this name');
    expect(await hasOwner(site.db)).toBe(false);
  });

  it('makes one owner of two who come at once', async () => {
    const forms = ['one', 'two', 'three', 'four'].map((name) => ({ ...ada, email: `${name}@example.org`, token }));
    const statuses = (await Promise.all(forms.map((form) => post(site, '/setup', form)))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([303, 404, 404, 404]);
    const owners = await site.db.selectFrom('account').select('id').where('email', 'is not', null).execute();
    expect(owners).toHaveLength(1);
  });

  it('waits for one that is just being made elsewhere', async () => {
    const answer = await site.db.transaction().execute(async (trx) => {
      await lockSite(trx);
      const form = { ...ada, email: 'late@example.org', token };
      let over = false;
      const late = post(site, '/setup', form).then((response) => {
        over = true;
        return response.status;
      });
      const waiting = sql`select 1 from pg_locks where not granted`;
      while (!over && (await waiting.execute(trx)).rows.length === 0) await setTimeout(5);
      const first = { handle: 'first', name: 'First', email: 'first@example.org', password_hash: 'none' };
      await trx
        .insertInto('account')
        .values({ ...first, role: 'owner', created_at: site.now })
        .execute();
      return { late };
    });
    expect(await answer.late).toBe(404);
  });

  it('shows the form again with what was typed, but the password', async () => {
    const typed = { name: ' ', email: 'no address <b>', password: 'too short' };
    const { text } = await post(site, '/setup', { ...typed, token }).expect(422);
    expect(text).toContain('3 things need another look');
    expect(text).toMatch(/<a href="#name">Please enter a name\.<\/a>/);
    expect(text).toMatch(/<a href="#password">A password has 15 characters or more\.<\/a>/);
    expect(text).toContain('value="no address &lt;b&gt;"');
    expect(text).toMatch(/id="email"[^>]* aria-describedby="email-hint email-error" aria-invalid="true"/);
    expect(text).not.toContain('too short');
    expect(text.match(/<h1/g)).toHaveLength(1);
  });

  it('refuses a name of more than 60 characters', async () => {
    await post(site, '/setup', { ...ada, name: '🦢'.repeat(61), token }).expect(422);
    await post(site, '/setup', { ...ada, name: '🦢'.repeat(60), token }).expect(303);
  });

  it('is not done for another site', async () => {
    await post(site, '/setup', { ...ada, token })
      .set('Sec-Fetch-Site', 'cross-site')
      .expect(403);
    expect(await hasOwner(site.db)).toBe(false);
  });
});

describe('the token', () => {
  it('is the same for the same site, and another for another', () => {
    const [one, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    expect(setupToken(one)).toBe(setupToken(one));
    expect(setupToken(one)).not.toBe(setupToken(other));
    expect(setupToken(one)).toMatch(/^[\w-]{43}$/);
  });
});

describe('an owner made by a command', () => {
  const now = new Date();

  it('is added also where one is there', async () => {
    const first = await createOwner(site.db, { ...ada, now });
    const second = await createOwner(site.db, { ...ada, email: 'second@example.org', now });
    expect([first, second]).toMatchObject([{ account: { role: 'owner' } }, { account: { role: 'owner' } }]);
    const handles = [first, second].map((made) => ('account' in made ? made.account.handle : ''));
    expect(new Set(handles).size).toBe(2);
    await signInAs(site, 'second@example.org');
  });

  it('is refused with what is wrong, each by its field', async () => {
    const made = await createOwner(site.db, { name: '', email: 'nobody', password: 'short', now });
    expect(made).toMatchObject({ errors: [{ field: 'name' }, { field: 'email' }, { field: 'password' }] });
  });

  it('needs an address that has no account', async () => {
    await createOwner(site.db, { ...ada, now });
    expect(await createOwner(site.db, { ...ada, now })).toEqual({
      errors: [{ field: 'email', message: { key: 'person.emailTaken' } }],
    });
  });
});
