import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { loadSite } from '../../src/site/queries.ts';
import { type Settings, saveSettings } from '../../src/site/settings.ts';
import { randomFrom } from '../comments/storm.ts';
import { type Asker, type Fields, lastEvent, openPage, sendForm, wordsOf } from '../support/comments.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;
let owner: { id: number; cookie: string };
let moderator: { id: number; cookie: string };

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
  moderator = await site.signIn('moderator', 'Mona Moderator');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  await save({
    title: 'Rejoinder',
    tagline: '',
    close_after_quiet_days: null,
    edit_minutes: 15,
    close_after_days: null,
  });
});

describe('The undo of a change of the settings', () => {
  it('sets back what the change had set, and leaves what else was set since', async () => {
    const before = await stored();
    const change = await save({ title: 'Another title', close_after_days: 30 });
    await save({ edit_minutes: 5 });
    expect((await undo(change)).status).toBe(303);
    expect(await stored()).toEqual({ ...before, edit_minutes: 5 });
    expect(await last()).toMatchObject({ action: 'undo', undoes: change, actor_id: owner.id });
  });

  it('is offered with the news, and in the log, which says what was set', async () => {
    await save({ close_after_quiet_days: 7 });
    const page = await openPage(site, '/settings', owner);
    const version = /name="version" value="(\d+)"/.exec(page.text)?.[1] ?? '';
    const fields = Object.fromEntries(
      Object.entries(await stored()).map(([name, value]) => [name, value === true ? 'on' : value ? String(value) : '']),
    );
    const form = { ...fields, edit_minutes: '15', close_after_quiet_days: '9', version };
    const saved = await sendForm(site, '/settings', form, owner);
    expect([saved.status, saved.headers.location]).toEqual([303, '/settings']);
    const event = await last();
    expect((await openPage(site, '/settings', owner)).text).toContain(`name="event" value="${event.id}"`);
    const log = await openPage(site, '/moderation/log', owner);
    expect(wordsOf(log.text)).toMatch(/quiet[^:]*: 7 days → 9 days/);
    expect(log.text).toContain(`name="event" value="${event.id}"`);
    expect((await undo(event.id)).status).toBe(303);
    expect((await stored()).close_after_quiet_days).toBe(7);
  });

  it('can be undone itself, and is one where it is sent twice', async () => {
    const change = await save({ title: 'Another title' });
    await undo(change);
    expect((await undo(change)).status).toBe(303);
    await undo((await last()).id);
    expect((await stored()).title).toBe('Another title');
  });

  it('is refused where some of it has been set otherwise since, and says by whom', async () => {
    const change = await save({ title: 'Another title', close_after_quiet_days: 5 });
    await save({ close_after_quiet_days: 6 });
    const { status, text } = await undo(change);
    expect(status).toBe(409);
    expect(wordsOf(text)).toMatch(/Some of this has been set otherwise since.*by Olivia Owner/);
    expect((await stored()).title).toBe('Another title');
  });

  it('says what has been set since, and offers to set the rest back', async () => {
    const change = await save({ title: 'Another title', close_after_quiet_days: 5, edit_minutes: 7 });
    await save({ title: 'Yet another', authors_pin: false });
    const { text } = await undo(change);
    expect(wordsOf(text)).toContain('Title: “Another title” → “Yet another”');
    expect(wordsOf(text)).not.toContain('Pin one comment');
    expect(wordsOf(text)).toContain('2 other settings can still be set back. Set the other 2 back');
    expect((await undo(change, owner, { partly: 'yes' })).status).toBe(303);
    expect(await stored()).toMatchObject({ title: 'Yet another', close_after_quiet_days: null, edit_minutes: 15 });
    expect(await last()).toMatchObject({ undoes: change, numbers: { fields: 2 } });
    expect((await undo((await last()).id)).status).toBe(303);
    expect(await stored()).toMatchObject({ title: 'Yet another', close_after_quiet_days: 5, edit_minutes: 7 });
  });

  it('is refused where a setting was changed away and back since: somebody decided on it anew', async () => {
    const change = await save({ title: 'Another title' });
    const away = await save({ title: 'Away' });
    const back = await save({ title: 'Another title' });
    expect(await offered()).not.toContain(change);
    const { status, text } = await undo(change);
    expect(status).toBe(409);
    expect(wordsOf(text)).toMatch(/Settings changed by Olivia Owner.*Title: “Away” → “Another title” Back/);
    for (const event of [back, away, change]) expect((await undo(event)).status).toBe(303);
    expect((await stored()).title).toBe('Rejoinder');
  });

  it('is refused where a setting is another without any event that says so', async () => {
    const change = await save({ title: 'Another title' });
    await site.db.updateTable('site').set({ title: 'By hand' }).execute();
    expect((await undo(change)).status).toBe(409);
    expect((await stored()).title).toBe('By hand');
  });

  it('is offered in the log where nothing else has set all of it since, and what was undone is marked', async () => {
    const one = await save({ title: 'Another title' });
    const two = await save({ tagline: 'Slow', close_after_quiet_days: 5 });
    const three = await save({ close_after_quiet_days: 6, tagline: 'Slower' });
    expect(await offered()).toEqual(expect.arrayContaining([one, three]));
    expect(await offered()).not.toContain(two);
    await undo(three);
    expect(await offered()).toEqual(expect.arrayContaining([one, two]));
    const { text } = await openPage(site, '/moderation/log', owner);
    expect(text).toMatch(new RegExp(`<li class="log-item\\s+undone" id="e${three}"`));
    expect(text).not.toMatch(new RegExp(`<li class="log-item\\s+undone" id="e${two}"`));
  });

  it('is the owner’s alone, and so is what was set', async () => {
    const change = await save({ tagline: 'A secret plan' });
    expect((await undo(change, moderator)).status).toBe(404);
    expect((await openPage(site, '/moderation/log', moderator)).text).not.toContain('→ A secret plan');
  });

  it('has nothing to do with a closing of the whole site', async () => {
    const change = await save({ title: 'Another title' });
    await sendForm(site, '/moderation/closures', {}, moderator);
    const closing = (await last()).id;
    expect((await undo(change)).status).toBe(303);
    await save({ close_after_quiet_days: 4 });
    expect((await undo(closing, moderator)).status).toBe(303);
    expect((await stored()).close_after_quiet_days).toBe(4);
  });

  it('is not to be had for a change that did not write down what it was', async () => {
    const change = { subject_kind: 'site', subject_id: 1, action: 'settings_saved', actor_id: owner.id } as const;
    const { id } = await site.db
      .insertInto('event')
      .values({ ...change, numbers: '{"version": 3}', created_at: site.now })
      .returning('id')
      .executeTakeFirstOrThrow();
    expect((await undo(id)).status).toBe(404);
  });

  it.each([1, 2, 3])(
    'step by step, from the last to the first, ends where any sequence began, undos among it (%i)',
    async (seed) => {
      const random = randomFrom(seed);
      const pick = <Value>(values: readonly Value[]) => values[Math.floor(random() * values.length)] as Value;
      const before = await stored();
      const events: number[] = [];
      for (let step = 0; step < 24; step += 1) {
        if (events.length > 0 && random() < 0.4) {
          const newest = (await last()).id;
          await undo(pick(events));
          if ((await last()).id !== newest) events.push((await last()).id);
          continue;
        }
        const change = pick<Partial<Settings>>([
          { title: pick(['One', 'Two', 'Three']) },
          { close_after_quiet_days: pick([null, 1, 5]), tagline: pick(['', 'Slow']) },
          { close_after_days: pick([null, 7, 30]), edit_minutes: pick([0, 15]) },
          { authors_pin: pick([true, false]) },
        ]);
        const event = await save(change);
        if (event !== undefined) events.push(event);
      }
      for (const event of events.toReversed()) expect((await undo(event)).status).toBe(303);
      expect(await stored()).toEqual(before);
    },
  );
});

async function save(changes: Partial<Settings>): Promise<number | undefined> {
  const { id: _, version, rules_token: __, ...settings } = await loadSite(site.db);
  const request = { settings: { ...settings, ...changes }, version, actorId: owner.id, now: site.now };
  const outcome = await saveSettings(site.db, request);
  if (outcome.kind !== 'saved') throw new Error('Somebody else saved.');
  return outcome.eventId;
}

async function stored(): Promise<Settings> {
  const { id: _, version: __, rules_token: ___, ...settings } = await loadSite(site.db);
  return settings;
}

function undo(event: number | undefined, asker: Asker = owner, fields: Fields = {}) {
  return sendForm(site, '/moderation/undo', { event: String(event), ...fields }, asker);
}

const last = () => lastEvent(site.db, 'site', 1);

/** The ids of the events that the log offers to undo. */
async function offered(): Promise<number[]> {
  const { text } = await openPage(site, '/moderation/log', owner);
  return [...text.matchAll(/name="event" value="(\d+)"/g)].map(([, id]) => Number(id));
}
