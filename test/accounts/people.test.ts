import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';
import { disableAccount } from '../../src/accounts/people.ts';
import { isStaffName } from '../../src/accounts/queries.ts';
import type { Role } from '../../src/accounts/table.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { get, givePassword, goodPassword, post, recordedEvents, signInAs } from './browser.ts';

let site: TestSite;
let owner: { id: number; cookie: string };

beforeAll(async () => {
  site = await createTestSite();
});
afterAll(() => site.close());
beforeEach(async () => {
  await site.db.updateTable('account').set({ disabled_at: site.now }).execute();
  owner = await site.signIn('owner', 'Olga Owner');
});

const roleOf = async (id: number) =>
  site.db.selectFrom('account').select(['role', 'disabled_at']).where('id', '=', id).executeTakeFirstOrThrow();
const changeRole = (id: number, role: string, cookie = owner.cookie) =>
  post(site, `/people/${id}/role`, { role }, cookie);

describe('the list of people', () => {
  it('says who is there, with role and state', async () => {
    const { text } = await get(site, '/people', owner.cookie).expect(200);
    expect(text).toContain('Olga Owner');
    expect(text).toMatch(/<option value="owner" selected>Owner<\/option>/);
    expect(text).toContain('Active');
    expect(text.match(/<h1/g)).toHaveLength(1);
  });

  it('goes on after fifty', async () => {
    const rows = Array.from({ length: 60 }, (_, number) => ({
      ...{ handle: `crowd-${number}`, name: `Crowd ${number}`, role: 'author' as const, created_at: site.now },
    }));
    await site.db.insertInto('account').values(rows).execute();
    const names: string[] = [];
    for (let path: string | undefined = '/people'; path; ) {
      const { text }: { text: string } = await get(site, path, owner.cookie).expect(200);
      const found = [...text.matchAll(/<h2><a href="\/authors\/([^"]+)"/g)].map((match) => match[1] ?? '');
      expect(found.length).toBeLessThanOrEqual(50);
      names.push(...found);
      path = /href="(\/people\?after=\d+)"/.exec(text)?.[1];
    }
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.startsWith('crowd-'))).toHaveLength(60);
  });
});

describe('a role', () => {
  const changes: [Role, Role][] = [
    ['author', 'moderator'],
    ['author', 'owner'],
    ['moderator', 'author'],
    ['moderator', 'owner'],
    ['owner', 'author'],
    ['owner', 'moderator'],
  ];
  test.each(changes)('%s becomes %s, and it is written down', async (from, to) => {
    const person = await site.signIn(from);
    await changeRole(person.id, to).expect(303).expect('Location', '/people');
    expect((await roleOf(person.id)).role).toBe(to);
    await get(site, '/people', person.cookie).expect(to === 'owner' ? 200 : 404);
    expect((await recordedEvents(site.db)).at(-1)).toMatchObject({
      ...{ subject_kind: 'account', subject_id: person.id, action: 'role_changed' },
      ...{ from_status: from, to_status: to, actor_id: owner.id, numbers: {} },
    });
  });

  it('that one has already changes nothing', async () => {
    const person = await site.signIn('author');
    const before = (await recordedEvents(site.db)).length;
    await changeRole(person.id, 'author').expect(303);
    expect(await recordedEvents(site.db)).toHaveLength(before);
  });

  it.each(['', 'king', 'Owner'])('that there is not (“%s”) is refused', async (role) => {
    const person = await site.signIn('author');
    const { text } = await changeRole(person.id, role).expect(422);
    expect(text).toContain(`href="#role-${person.id}"`);
    expect((await roleOf(person.id)).role).toBe('author');
  });

  it('of nobody cannot be changed', async () => {
    for (const id of ['0', '2147483647', '2147483648', 'x'])
      await post(site, `/people/${id}/role`, { role: 'author' }, owner.cookie).expect(404);
  });

  it('is not changed for another site', async () => {
    const person = await site.signIn('author');
    await changeRole(person.id, 'owner').set('Sec-Fetch-Site', 'cross-site').expect(403);
    expect((await roleOf(person.id)).role).toBe('author');
  });
});

describe('disabling', () => {
  it('ends the sessions at once, keeps the person out, and is written down', async () => {
    const person = await site.signIn('moderator');
    const email = await givePassword(site.db, person.id);
    const second = await signInAs(site, email);
    await post(site, `/people/${person.id}/disable`, {}, owner.cookie).expect(303);
    for (const cookie of [person.cookie, second]) await get(site, '/account', cookie).expect(303);
    await post(site, '/sign-in', { email, password: goodPassword }).expect(422);
    const left = await site.db.selectFrom('session').select('sid').where('account_id', '=', person.id).execute();
    expect(left).toEqual([]);
    expect((await recordedEvents(site.db)).at(-1)).toMatchObject({
      ...{
        subject_id: person.id,
        action: 'disabled',
        from_status: 'active',
        to_status: 'disabled',
        actor_id: owner.id,
      },
    });
  });

  it('is undone by enabling, after which one signs in anew', async () => {
    const person = await site.signIn('author');
    const email = await givePassword(site.db, person.id);
    await post(site, `/people/${person.id}/disable`, {}, owner.cookie).expect(303);
    await post(site, `/people/${person.id}/enable`, {}, owner.cookie).expect(303);
    await get(site, '/account', person.cookie).expect(303);
    await signInAs(site, email);
    expect((await recordedEvents(site.db)).at(-1)).toMatchObject({
      ...{ subject_id: person.id, action: 'enabled', from_status: 'disabled', to_status: 'active', actor_id: owner.id },
    });
  });

  it('a second time changes nothing', async () => {
    const person = await site.signIn('author');
    await post(site, `/people/${person.id}/disable`, {}, owner.cookie).expect(303);
    const before = (await recordedEvents(site.db)).length;
    await post(site, `/people/${person.id}/disable`, {}, owner.cookie).expect(303);
    expect(await recordedEvents(site.db)).toHaveLength(before);
  });

  it('oneself signs out, and leaves no session behind', async () => {
    await site.signIn('owner');
    await post(site, `/people/${owner.id}/disable`, {}, owner.cookie).expect(303).expect('Location', '/');
    const left = await site.db.selectFrom('session').select('sid').where('account_id', '=', owner.id).execute();
    expect(left).toEqual([]);
  });
});

describe('the last owner', () => {
  it.each([
    ['demoted', 'role'],
    ['disabled', 'disable'],
  ])('cannot be %s', async (_what, action) => {
    const { text } = await post(site, `/people/${owner.id}/${action}`, { role: 'author' }, owner.cookie).expect(403);
    expect(text).toContain('This is the last owner who can sign in');
    expect(await roleOf(owner.id)).toEqual({ role: 'owner', disabled_at: null });
    await get(site, '/people', owner.cookie).expect(200);
  });

  it('is the last one also beside owners who cannot sign in', async () => {
    const sample = { handle: `sample-${owner.id}`, name: 'Sample', role: 'owner', created_at: site.now } as const;
    await site.db.insertInto('account').values(sample).execute();
    await changeRole(owner.id, 'author').expect(403);
  });

  it('may leave once there is another', async () => {
    const other = await site.signIn('author');
    await changeRole(other.id, 'owner').expect(303);
    await changeRole(owner.id, 'author').expect(303).expect('Location', '/account');
    expect((await roleOf(owner.id)).role).toBe('author');
  });

  it('remains where two owners demote each other at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      await site.db.updateTable('account').set({ disabled_at: site.now }).execute();
      const [one, two] = [await site.signIn('owner'), await site.signIn('owner')];
      const answers = await Promise.all([
        changeRole(two.id, 'author', one.cookie),
        changeRole(one.id, 'author', two.cookie),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([303, 403]);
      const roles = [(await roleOf(one.id)).role, (await roleOf(two.id)).role].sort();
      expect(roles).toEqual(['author', 'owner']);
    }
  });

  it('remains where two owners disable each other at once', async () => {
    const other = await site.signIn('owner');
    const outcomes = await Promise.all([
      disableAccount(site.db, { id: other.id, actorId: owner.id, now: site.now }),
      disableAccount(site.db, { id: owner.id, actorId: other.id, now: site.now }),
    ]);
    expect(outcomes.sort()).toEqual(['done', 'not_an_owner']);
  });
});

describe('the name of someone on the staff', () => {
  it.each(['Olga Owner', 'olga owner', ' OLGA  OWNER ', 'Ólga-Owner', 'Оlga Оwner', 'olgaowner'])(
    'is “%s” too',
    async (name) => {
      expect(await isStaffName(site.db, name)).toBe(true);
    },
  );

  it('is the handle too', async () => {
    await site.db.updateTable('account').set({ handle: 'the-boss' }).where('id', '=', owner.id).execute();
    expect(await isStaffName(site.db, 'The Boss')).toBe(true);
    await site.db
      .updateTable('account')
      .set({ handle: `boss-${owner.id}` })
      .where('id', '=', owner.id)
      .execute();
  });

  it('is free where nobody has it', async () => {
    expect(await isStaffName(site.db, 'Olga Other')).toBe(false);
  });

  it('stays theirs when they are disabled', async () => {
    await site.signIn('owner', 'Somebody Else');
    await site.db.updateTable('account').set({ disabled_at: site.now }).where('id', '=', owner.id).execute();
    expect(await isStaffName(site.db, 'Olga Owner')).toBe(true);
  });
});
