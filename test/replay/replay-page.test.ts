import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { cleanUp } from '../../src/clean-up.ts';
import { releaseAbandonedJobs } from '../../src/jobs/queries.ts';
import { findCandidate, findProgress } from '../../src/replay/queries.ts';
import { partSize } from '../../src/replay/replay.ts';
import { carryOnReplay, replayOnce } from '../../src/replay/run.ts';
import { loadRules, storeRules } from '../../src/rules/queries.ts';
import { choiceOf, defaultRules } from '../../src/rules/rule.ts';
import { formOf } from '../../src/settings/rules-form.ts';
import { decideOn, type Fields, fieldOn, newText, openPage, replyTo, sendForm, wordsOf } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

jest.setTimeout(60_000);

let site: TestSite;
let owner: { id: number; cookie: string };
let moderator: { id: number; cookie: string };
let path: string;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
  moderator = await site.signIn('moderator', 'Mona Moderator');
  await site.db.updateTable('site').set({ comment_mode: 'open', edit_minutes: 60 }).execute();
  path = `/posts/${(await addPost(site.db, { title: 'On rules', publishedAt: site.now })).slug}`;
});
afterAll(() => site.close());
beforeEach(async () => {
  // Each test begins with a site on which nothing was judged yet.
  site.now = new Date(site.now.getTime() + 3_600_000);
  await site.db.deleteFrom('revision').execute();
  await site.db.deleteFrom('judgement').execute();
  await site.db.transaction().execute((trx) => storeRules(trx, defaultRules));
});

let linked = 0;

/** So many links, to hosts to which nobody else leads. */
const links = (count: number) =>
  Array.from({ length: count }, () => {
    linked += 1;
    return `https://l${linked}.example`;
  }).join(' ');

describe('Rules that are tried', () => {
  it('tell in numbers and by name what a lower limit of links would have done, and stay as they are', async () => {
    await replyTo(site, path, { body: `None here: ${links(0)}.` });
    const two = await replyTo(site, path, { name: 'Tom Two', body: `Two here: ${links(2)}` });
    await replyTo(site, path, { body: `Three here: ${links(3)}` });
    const text = await replay({ 'links.allowed': '1' });
    expect(rowsOf(text)).toEqual({
      'Published at once': ['2', '1'],
      Held: ['1', '2'],
      'Taken for spam': ['0', '0'],
    });
    const words = wordsOf(text);
    expect(words).toContain('The last 3 comments of this site were judged once more');
    expect(words).toContain(
      'One would meet another verdict than then. None of that goes against what a person decided.',
    );
    expect(words).toContain('1 comment held instead of published');
    expect(text).toContain(`href="/moderation/comments/${two.id}"`);
    expect(words).toMatch(
      /Tom Two on On rules Two here: .* Then Published at once: nothing spoke against it\. By these rules Held: it has 2 links, and this site holds comments with more than 1\./,
    );
    expect(await loadRules(site.db)).toEqual(defaultRules);
  });

  it('find words of a list in what was written long before, as it is read, and say which', async () => {
    await replyTo(site, path, { body: 'The best ca**si**no' });
    await replyTo(site, path, { name: 'Casino King', body: 'Hello' });
    await replyTo(site, path, { body: 'A casual remark' });
    const text = await replay({ 'words.spam': 'casino' });
    expect(rowsOf(text)['Taken for spam']).toEqual(['0', '2']);
    expect(wordsOf(text)).toContain(
      'Taken for spam: there are words in it that the moderators of this site look out for. Found: “casino”.',
    );
  });

  it('say where a person had decided otherwise: first what is against the new verdict', async () => {
    const approved = await replyTo(site, path, { name: 'Ann Approved', body: `Three: ${links(3)}` });
    const rejected = await replyTo(site, path, { name: 'Rolf Rejected', body: `Four: ${links(4)}` });
    const open = await replyTo(site, path, { name: 'Olga Open', body: `Five: ${links(5)}` });
    await decideOn(site, moderator, approved.id, { action: 'approve' });
    await decideOn(site, moderator, rejected.id, { action: 'reject' });
    const text = await replay({ 'links.allowed': '9' });
    expect(rowsOf(text)).toEqual({
      'Published at once': ['0', '3 1 against what a person decided'],
      Held: ['3 1 against what a person decided', '0'],
      'Taken for spam': ['0', '0'],
    });
    const words = wordsOf(text);
    expect(words).toContain('People have decided about 2 of them.');
    expect(words).toContain('One of these new verdicts goes against what a person decided.');
    expect(idsIn(text)).toEqual([rejected.id, open.id, approved.id]);
    expect(words).toMatch(/Rolf Rejected .* A person Rejected it\. Olga Open/);
    expect(words).toMatch(/Ann Approved .* A person Approved it\./);
  });

  it('take neither a decision that was undone for one, nor what the staff wrote', async () => {
    const undone = await replyTo(site, path, { body: `Three: ${links(3)}` });
    await decideOn(site, moderator, undone.id, { action: 'reject' });
    const { id: event } = await site.db
      .selectFrom('event')
      .select('id')
      .where('subject_id', '=', undone.id)
      .where('action', '=', 'reject')
      .executeTakeFirstOrThrow();
    await sendForm(site, '/moderation/undo', { event: String(event) }, moderator);
    await replyTo(site, path, { body: 'By one of the staff' }, moderator);
    expect(wordsOf(await replay({ 'links.allowed': '9' }))).toContain('No person has decided about any of them.');
  });

  it('judge what was edited by what it says now, and count it once', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'Nothing here' });
    await sendForm(site, `/comments/${id}/edit`, { body: `Now two: ${links(2)}` }, { cookie });
    const text = await replay({ 'links.allowed': '1' });
    expect(rowsOf(text)).toMatchObject({ 'Published at once': ['1', '0'], Held: ['0', '1'] });
  });

  it('leave out what was erased, and say so; and what is erased afterwards is named no more', async () => {
    const gone = await replyTo(site, path, { body: `Gone: ${links(2)}` });
    await sendForm(site, `/comments/${gone.id}/delete`, {}, gone);
    const later = await replyTo(site, path, { name: 'Lara Later', body: `Here: ${links(2)}` });
    const href = await begin({ 'links.allowed': '1' });
    await finish(href);
    expect(wordsOf((await openPage(site, href, owner)).text)).toMatch(
      /The only comment .* One that was erased since is left out\..*Lara Later/,
    );
    await sendForm(site, `/comments/${later.id}/delete`, {}, later);
    const words = wordsOf((await openPage(site, href, owner)).text);
    expect(words).toContain('A comment that was erased since');
    expect(words).not.toContain('Lara');
  });

  it('follow what a conversation says of a rule otherwise', async () => {
    const { slug, conversationId } = await addPost(site.db, { title: 'Many links', publishedAt: site.now });
    await site.db
      .updateTable('conversation')
      .set({ rule_switches: JSON.stringify({ links: false }) })
      .where('id', '=', conversationId)
      .execute();
    await replyTo(site, `/posts/${slug}`, { body: links(4) });
    expect(rowsOf(await replay({ 'links.allowed': '0' }))['Published at once']).toEqual(['1', '1']);
  });

  it('can be tried on the last 90 days: what was judged before is left alone', async () => {
    const ago = (days: number) => new Date(site.now.getTime() - days * 86_400_000);
    for (const days of [91, 89]) {
      const { id } = await replyTo(site, path, { body: `Of ${days} days ago: ${links(2)}` });
      await site.db
        .updateTable('judgement')
        .set({ judged_at: ago(days) })
        .where('comment_id', '=', id)
        .execute();
    }
    const text = await replay({ 'links.allowed': '1', over: 'days' });
    expect(rowsOf(text)).toMatchObject({ 'Published at once': ['1', '0'] });
    expect(wordsOf(text)).toContain('One comment was judged once more of the last 90 days.');
    expect(rowsOf(await replay({ 'links.allowed': '1' }))).toMatchObject({ 'Published at once': ['2', '0'] });
  });

  it('are told of a site on which nobody has written yet', async () => {
    expect(wordsOf(await replay({}))).toContain('No comment was judged by rules yet.');
  });

  it('come back with all that was typed: to be saved, or to go on with', async () => {
    const list = 'one\ntwo “quoted” & <b>\nthree';
    const typed = {
      'words.held': list,
      'links.allowed': '7',
      'wave.on': 'on',
      'bait.on': '',
      order: 'flooding',
      over: 'days',
    };
    const text = await replay(typed);
    const fields = hiddenIn(text);
    const back = await sendForm(site, '/settings/rules/arrange', fields, owner);
    expect(back.status).toBe(200);
    expect(wordsOf(back.text)).toContain('Not saved yet.');
    expect(fieldOn(back.text, 'words.held')).toBe(list);
    expect(fieldOn(back.text, 'links.allowed')).toBe('7');
    expect(back.text).toContain('<option value="days" selected>');
    expect((await sendForm(site, '/settings/rules', fields, owner)).status).toBe(303);
    const rules = await loadRules(site.db);
    expect(rules[0]?.name).toBe('flooding');
    expect(choiceOf(rules, 'words').settings.held).toBe(list);
    expect([choiceOf(rules, 'wave').enabled, choiceOf(rules, 'bait').enabled]).toEqual([true, false]);
  });

  it('are refused as saving would be, with the form as it was typed', async () => {
    const { status, text } = await sendReplay({ 'links.allowed': 'many', 'wave.comments': '33', over: 'days' });
    expect(status).toBe(422);
    expect(text).toMatch(/name="links\.allowed" value="many"[^>]*aria-invalid="true"/);
    expect(fieldOn(text, 'wave.comments')).toBe('33');
    expect(text).toContain('<option value="days" selected>');
    expect((await sendReplay({ token: '' })).status).toBe(400);
  });

  it('are the owner’s alone', async () => {
    const href = await begin({});
    expect((await openPage(site, href, moderator)).status).toBe(404);
    expect((await openPage(site, href)).status).toBe(303);
    expect((await sendReplay({}, moderator)).status).toBe(403);
    expect((await openPage(site, '/settings/rules/replays/2147483647', owner)).status).toBe(404);
    expect((await openPage(site, '/settings/rules/replays/one', owner)).status).toBe(404);
  });
});

describe('A replay that takes a while', () => {
  const many = partSize * 2 + 10;

  beforeEach(async () => {
    const { id } = await replyTo(site, path, { body: `One of many. ${newText()}` });
    await copy(id, many - 1);
  });

  it('says how far it is, by a page that looks again by itself, and goes on where a lost worker left it', async () => {
    const href = await begin({ 'links.allowed': '0' });
    const id = idOf(href);
    const rules = (await findCandidate(site.db, id)) ?? [];
    expect(await replayOnce(site.db, { replayId: id, rules })).toBe(true);
    const going = await openPage(site, href, owner);
    expect(going.headers.refresh).toBe('1');
    expect(wordsOf(going.text)).toContain(`Judged once more: ${partSize} of ${many} comments`);
    expect(going.text).toMatch(new RegExp(`<progress [^>]*max="${many}" value="${partSize}"`));
    await loseWorker();
    await carryOnReplay(site.db, { replayId: id });
    const done = await openPage(site, href, owner);
    expect(done.headers.refresh).toBeUndefined();
    expect(rowsOf(done.text)['Published at once']).toEqual([String(many), String(many)]);
    await carryOnReplay(site.db, { replayId: id });
    expect((await findProgress(site.db, id))?.done).toBe(many);
  });

  it('that two processes carry on with at once counts each comment once', async () => {
    const href = await begin({ 'links.allowed': '0' });
    await Promise.all([finish(href), finish(href), finish(href)]);
    expect(rowsOf((await openPage(site, href, owner)).text)['Published at once']).toEqual([String(many), String(many)]);
  });

  it('names a hundred of a kind, and says how many more there are', async () => {
    const text = await replay({ 'words.held': 'many' });
    expect(idsIn(text)).toHaveLength(100);
    expect(wordsOf(text)).toContain(`${many} comments held instead of published`);
    expect(wordsOf(text)).toContain(`And ${many - 100} more`);
  });

  it('is deleted after a day, rules and all', async () => {
    const id = idOf(await begin({}));
    await cleanUp(site.db, { now: new Date(site.now.getTime() + 86_300_000) });
    expect(await findProgress(site.db, id)).toBeDefined();
    await cleanUp(site.db, { now: new Date(site.now.getTime() + 86_500_000) });
    expect(await findProgress(site.db, id)).toBeUndefined();
    await carryOnReplay(site.db, { replayId: id });
  });
});

async function replay(fields: Fields): Promise<string> {
  const href = await begin(fields);
  await finish(href);
  return (await openPage(site, href, owner)).text;
}

async function begin(fields: Fields): Promise<string> {
  const { status, headers } = await sendReplay(fields);
  expect(status).toBe(303);
  return headers.location ?? '';
}

const finish = (href: string) => carryOnReplay(site.db, { replayId: idOf(href) });

const idOf = (href: string) => Number(href.split('/').at(-1));

async function sendReplay(fields: Fields, asker = owner) {
  const { order, values } = formOf(await loadRules(site.db));
  const { rules_token: token } = await site.db.selectFrom('site').select('rules_token').executeTakeFirstOrThrow();
  return sendForm(site, '/settings/rules/replay', { order: order.join(' '), token, ...values, ...fields }, asker);
}

/** The cells of the table, by the verdict that each row is about. */
function rowsOf(html: string): Record<string, string[]> {
  const rows = [...html.matchAll(/<tr><th scope="row">([^<]*)<\/th>(.*?)<\/tr>/g)];
  return Object.fromEntries(
    rows.map(([, verdict, cells = '']) => [
      verdict,
      [...cells.matchAll(/<td>(.*?)<\/td>/g)].map(([, cell = '']) => wordsOf(cell)),
    ]),
  );
}

const idsIn = (html: string) => [...html.matchAll(/href="\/moderation\/comments\/(\d+)"/g)].map(([, id]) => Number(id));

function hiddenIn(html: string): Fields {
  const form = /<form class="replay-form"[\s\S]*<\/form>/.exec(html)?.[0] ?? '';
  const names = [...form.matchAll(/name="([\w.]+)" value/g)].map(([, name = '']) => name);
  return Object.fromEntries(names.map((name) => [name, fieldOn(form, name) ?? '']));
}

/** The process that did the jobs is dead: another one finds them, and takes them over. */
async function loseWorker(): Promise<void> {
  await sql`update graphile_worker._private_jobs set locked_at = now() - interval '3 minutes', locked_by = 'dead'`.execute(
    site.db,
  );
  await releaseAbandonedJobs(site.db);
  const { rows } = await sql`select id from graphile_worker._private_jobs where locked_at is not null`.execute(site.db);
  expect(rows).toEqual([]);
}

/** Adds comments like one that was written, each judged as that was. */
async function copy(commentId: number, count: number): Promise<void> {
  await sql`
    with numbers as materialized (
      select nextval(pg_get_serial_sequence('comment', 'id'))::integer as number from generate_series(1, ${count}::integer)
    ), copied as (
      insert into comment (
        id, conversation_id, root_id, depth, path, status, shown, browser_id, name, source, html, renderer_version, created_at
      )
      select number, conversation_id, number, 1, decode(lpad(to_hex(number), 10, '0'), 'hex'), status, shown, browser_id, name,
        source, html, renderer_version, created_at
      from comment, numbers where id = ${commentId}
      returning id
    )
    insert into judgement (comment_id, rule, verdict, facts, opinions, judged_at)
    select copied.id, rule, verdict, facts, opinions, judged_at from copied, judgement where comment_id = ${commentId}`.execute(
    site.db,
  );
}
