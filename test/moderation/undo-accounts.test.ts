import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { givePassword, signInAs } from '../accounts/browser.ts';
import { type Asker, lastEvent, openPage, sendForm, wordsOf } from '../support/comments.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

jest.setTimeout(60_000);

let site: TestSite;
let owner: { id: number; cookie: string };
let other: { id: number; cookie: string };
let person: { id: number; cookie: string };

beforeAll(async () => {
  site = await createTestSite();
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  await site.db.updateTable('account').set({ disabled_at: site.now }).execute();
  owner = await site.signIn('owner');
  other = await site.signIn('owner');
  person = await site.signIn('author');
});

describe('The undo of a change of an account', () => {
  it('gives back the role that somebody had, and can be undone itself', async () => {
    await change('role', { role: 'moderator' });
    const changed = await lastOn(person.id);
    const answer = await undo(changed.id);
    expect([answer.status, answer.headers.location]).toEqual([303, '/moderation/log']);
    expect(await accountOf(person.id)).toEqual({ role: 'author', disabled: false });
    const undone = await lastOn(person.id);
    expect(undone).toMatchObject({
      ...{ action: 'undo', undoes: changed.id, from_status: 'moderator', to_status: 'author', actor_id: owner.id },
    });
    expect(wordsOf((await openPage(site, '/moderation/log', owner)).text)).toMatch(
      /Undone by .* Moderator → Author\. Undo/,
    );
    await undo(undone.id);
    expect(await accountOf(person.id)).toEqual({ role: 'moderator', disabled: false });
  });

  it('lets somebody in again who was disabled, and keeps them out where that is undone', async () => {
    await change('disable');
    await undo((await lastOn(person.id)).id);
    expect(await accountOf(person.id)).toEqual({ role: 'author', disabled: false });
    // They sign in anew, as after every enabling.
    expect((await openPage(site, '/account', person)).status).toBe(303);
    await undo((await lastOn(person.id)).id);
    expect(await accountOf(person.id)).toEqual({ role: 'author', disabled: true });
    expect(await lastOn(person.id)).toMatchObject({ from_status: 'active', to_status: 'disabled' });
  });

  it('of an enabling ends sessions and invitations, as disabling does', async () => {
    const invited = await site.signIn('owner');
    await change('disable', {}, invited.id);
    await change('enable', {}, invited.id);
    const enabled = await lastOn(invited.id);
    const cookie = await signInAs(site, await givePassword(site.db, invited.id));
    await sendForm(site, '/people/invitations', { email: `of-${invited.id}@example.org`, role: 'author' }, { cookie });
    const invitations = () =>
      site.db.selectFrom('invitation').selectAll().where('invited_by', '=', invited.id).execute();
    expect([(await openPage(site, '/account', { cookie })).status, (await invitations()).length]).toEqual([200, 1]);
    await undo(enabled.id);
    expect([(await openPage(site, '/account', { cookie })).status, (await invitations()).length]).toEqual([303, 0]);
    expect(await accountOf(invited.id)).toEqual({ role: 'owner', disabled: true });
  });

  it('of the role does not mind that the account was disabled since, nor the other way round', async () => {
    await change('role', { role: 'moderator' });
    const role = await lastOn(person.id);
    await change('disable');
    const disabled = await lastOn(person.id);
    expect((await undo(role.id)).status).toBe(303);
    expect(await accountOf(person.id)).toEqual({ role: 'author', disabled: true });
    expect((await undo(disabled.id)).status).toBe(303);
    expect(await accountOf(person.id)).toEqual({ role: 'author', disabled: false });
  });

  it('is refused where another role was given since, and says by whom', async () => {
    await change('role', { role: 'moderator' });
    const first = await lastOn(person.id);
    await sendForm(site, `/people/${person.id}/role`, { role: 'owner' }, other);
    await sendForm(site, `/people/${person.id}/role`, { role: 'moderator' }, other);
    const { status, text } = await undo(first.id);
    expect(status).toBe(409);
    expect(wordsOf(text)).toMatch(/This account was changed otherwise since.*Given another role by/);
    expect((await accountOf(person.id)).role).toBe('moderator');
  });

  it('is refused where it would leave the site without an owner', async () => {
    await change('role', { role: 'owner' });
    const event = await lastOn(person.id);
    for (const { id } of [owner, other]) await sendForm(site, `/people/${id}/disable`, {}, person);
    const { status, text } = await undo(event.id, person);
    expect(status).toBe(409);
    expect(wordsOf(text)).toContain('This is the last owner who can sign in');
    expect((await accountOf(person.id)).role).toBe('owner');
  });

  it('leaves one owner where two undo at once what made each of them one', async () => {
    const one = await site.signIn('author');
    const two = await site.signIn('author');
    for (const { id } of [one, two]) await change('role', { role: 'owner' }, id);
    const events = [await lastOn(one.id), await lastOn(two.id)];
    for (const { id } of [owner, other]) await sendForm(site, `/people/${id}/disable`, {}, one);
    const answers = await Promise.all([undo(events[1]?.id ?? 0, one), undo(events[0]?.id ?? 0, two)]);
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    const roles = [(await accountOf(one.id)).role, (await accountOf(two.id)).role];
    expect(roles.toSorted()).toEqual(['author', 'owner']);
  });

  it('sent twice is done once', async () => {
    await change('role', { role: 'moderator' });
    const { id } = await lastOn(person.id);
    const answers = await Promise.all([undo(id), undo(id)]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect(await site.db.selectFrom('event').select('id').where('undoes', '=', id).execute()).toHaveLength(1);
  });

  it('is an owner’s', async () => {
    await change('role', { role: 'moderator' });
    const { id } = await lastOn(person.id);
    const moderator = await site.signIn('moderator');
    expect((await undo(id, moderator)).status).toBe(404);
    expect((await openPage(site, '/moderation/log', moderator)).text).not.toContain('action="/moderation/undo"');
    expect((await openPage(site, '/moderation/log', owner)).text).toContain(`name="event" value="${id}"`);
  });

  it('is not to be had for invitations, for who joined, nor for the first start', async () => {
    await sendForm(site, '/people/invitations', { email: `new-${owner.id}@example.org`, role: 'author' }, owner);
    const invited = await lastOn(owner.id);
    const rows = [
      { subject_kind: 'account', subject_id: person.id, action: 'joined', to_status: 'author' },
      { subject_kind: 'site', subject_id: 1, action: 'first_start', to_status: null },
    ] as const;
    const ids = await site.db
      .insertInto('event')
      .values(rows.map((row) => ({ ...row, ...nothingElse(), actor_id: owner.id })))
      .returning('id')
      .execute();
    expect(invited.action).toBe('invited');
    const log = await openPage(site, '/moderation/log', owner);
    for (const id of [invited.id, ...ids.map((row) => row.id)]) {
      expect(log.text).toContain(`id="e${id}"`);
      expect(log.text).not.toContain(`name="event" value="${id}"`);
      expect((await undo(id)).status).toBe(404);
    }
  });
});

function nothingElse() {
  return {
    ...{ conversation_id: null, from_status: null, rule: null, batch: null, undoes: null },
    created_at: site.now,
  };
}

function undo(event: number, asker: Asker = owner) {
  return sendForm(site, '/moderation/undo', { event: String(event), back: '/moderation/log' }, asker);
}

function change(what: 'role' | 'disable' | 'enable', fields: Record<string, string> = {}, id = person.id) {
  return sendForm(site, `/people/${id}/${what}`, fields, owner);
}

const lastOn = (id: number) => lastEvent(site.db, 'account', id);

async function accountOf(id: number) {
  const { role, disabled_at } = await site.db
    .selectFrom('account')
    .select(['role', 'disabled_at'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return { role, disabled: disabled_at !== null };
}
