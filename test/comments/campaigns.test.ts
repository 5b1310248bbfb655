import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { cleanUp } from '../../src/clean-up.ts';
import { readReply } from '../../src/comments/form.ts';
import { leadsOf, storePlaces } from '../../src/comments/places.ts';
import { postComments } from '../../src/comments/service.ts';
import { sweepCopies } from '../../src/comments/sweep-copies.ts';
import type { JobPayloads } from '../../src/jobs/payloads.ts';
import { ask } from '../../src/pipeline.ts';
import { placesIn } from '../../src/rules/places.ts';
import { decideOn, lastEvent, openPage, replyTo, sendForm, statusOf, wordsOf } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { rowsReadBy } from '../support/rows-read.ts';
import { setRule } from '../support/rules.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { approved, plantThread } from '../support/threads.ts';

jest.setTimeout(60_000);

let site: TestSite;
let owner: { id: number; cookie: string };
let path: string;
let conversationId: number;
let host: string;
let hosts = 0;

beforeAll(async () => {
  site = await createTestSite({ TRUST_PROXY: '1', BASE_URL: 'http://blog.example' });
  owner = await site.signIn('owner', 'Olivia Owner');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  hosts += 1;
  host = `shop-${hosts}.example`;
  const post = await addPost(site.db, { title: 'Led astray' });
  path = `/posts/${post.slug}`;
  conversationId = post.conversationId;
});

let strangers = 0;

/** A stranger writes, each time something else, and leads to the host in one of two ways. */
async function lead({
  to = host,
  name = 'Greta Guest',
  ...asker
}: {
  to?: string;
  name?: string;
  cookie?: string;
  network?: string;
} = {}) {
  strangers += 1;
  const network = asker.network ?? `198.51.${Math.floor(strangers / 250)}.${strangers % 250}`;
  const [body, website] =
    strangers % 2 ? [`Thought ${strangers}: https://${to}/${strangers}`, ''] : [`Thought ${strangers}.`, `www.${to}`];
  return replyTo(site, path, { name, body, website }, { ...asker, network });
}

async function leads(count: number, options: Parameters<typeof lead>[0] = {}) {
  const sent: { id: number; cookie: string }[] = [];
  while (sent.length < count) sent.push(await lead(options));
  return sent;
}

async function judgementOf(id: number) {
  const query = site.db.selectFrom('judgement').select(['rule', 'verdict', 'facts']).where('comment_id', '=', id);
  return query.orderBy('id', 'desc').limit(1).executeTakeFirstOrThrow();
}

const rulesOf = (sent: readonly { id: number }[]) =>
  Promise.all(sent.map(async ({ id }) => (await judgementOf(id)).rule));

/** Does the jobs for waves that were added. */
async function sweep(): Promise<void> {
  const { rows } = await sql<{ payload: JobPayloads['sweep_copies'] }>`
    select payload from graphile_worker._private_jobs job
    join graphile_worker._private_tasks task on task.id = job.task_id and task.identifier = 'sweep_copies'
    order by job.id`.execute(site.db);
  for (const { payload } of rows) await sweepCopies(site.db, { ...payload, now: site.now });
}

const statuses = (sent: readonly { id: number }[]) => Promise.all(sent.map(({ id }) => statusOf(site.db, id)));

describe('Strangers who lead to one place', () => {
  it('are held for it from the third on, and taken for spam from the sixth, whatever they write', async () => {
    const sent = await leads(6);
    expect(await rulesOf(sent)).toEqual([
      ...['first_comment', 'first_comment', 'campaign', 'campaign', 'campaign', 'campaign'],
    ]);
    expect(await statuses(sent)).toEqual(['pending', 'pending', 'pending', 'pending', 'pending', 'spam']);
    expect((await judgementOf(sent[5]?.id as number)).facts.leads).toEqual([{ host, place: host, others: 5, spam: 0 }]);
  });

  it('are told why, but not to which place; moderators are', async () => {
    const [, , third] = await leads(3);
    const sentence = 'Held: it leads where others led of whom nobody is known here.';
    const own = wordsOf((await openPage(site, path, { cookie: third?.cookie })).text);
    expect(own).toContain(sentence);
    expect(own).not.toContain('other strangers');
    const queue = wordsOf((await openPage(site, '/moderation?rule=campaign', owner)).text);
    expect(queue).toContain(`${sentence} 2 other strangers led to ${host} within 30 days.`);
  });

  it('count for each other where they are stored together', async () => {
    const reply = (index: number) => ({
      conversationId,
      writer: { kind: 'guest', browserId: undefined } as const,
      fields: readReply({ name: 'Greta', body: `Thought ${host} ${index}: https://${host}/${index}` }),
      networkHash: Buffer.from(`network ${host} ${index}`),
      limit: 0,
      now: site.now,
    });
    const outcomes = await postComments(site.db, [0, 1, 2, 3, 4, 5].map(reply));
    expect(outcomes.map((outcome) => (outcome.kind === 'posted' ? outcome.verdict.rule : outcome.kind))).toEqual([
      ...['first_comment', 'first_comment', 'campaign', 'campaign', 'campaign', 'campaign'],
    ]);
    expect(outcomes.at(-1)).toMatchObject({ verdict: { status: 'spam' } });
  });

  it('are no people who are known here, who vouch for a place where they are stored together, too', async () => {
    const known: string[] = [];
    for (let each = 0; each < 5; each += 1) {
      const { id, cookie } = await replyTo(
        site,
        path,
        { body: `I am known ${each}.` },
        { network: `203.0.113.${each}` },
      );
      await decideOn(site, owner, id, { action: 'approve' });
      known.push(cookie);
    }
    const browserIn = (cookie: string) => Number(/visitor=(\d+)/.exec(cookie)?.[1]);
    const reply = (each: number, browserId: number | undefined) => ({
      conversationId,
      writer: { kind: 'guest' as const, browserId },
      fields: { ...readReply(undefined), name: `Somebody ${each}`, body: `Thought ${each}: https://${host}/${each}` },
      networkHash: Buffer.alloc(16, 100 + each),
      limit: 0,
      now: site.now,
    });
    const outcomes = await postComments(site.db, [
      ...known.map((cookie, each) => reply(each, browserIn(cookie))),
      reply(5, undefined),
    ]);
    const ids = outcomes.flatMap((outcome) => (outcome.kind === 'posted' ? [outcome.commentId] : []));
    expect(await Promise.all(ids.map((id) => statusOf(site.db, id)))).toEqual([
      ...Array(5).fill('approved'),
      'pending',
    ]);
    expect((await judgementOf(ids[5] as number)).facts.leads).toEqual([]);
  });

  it('are strangers no less where what one wrote was taken for spam by mistake, and that undone', async () => {
    await site.db.updateTable('conversation').set({ mode: 'open' }).where('id', '=', conversationId).execute();
    const [first] = await leads(2);
    const id = first?.id as number;
    await decideOn(site, owner, id, { action: 'spam' });
    const { id: event } = await lastEvent(site.db, 'comment', id);
    await sendForm(site, '/moderation/undo', { event: String(event), back: '/moderation' }, owner);
    expect(await statusOf(site.db, id)).toBe('approved');
    expect(await rulesOf(await leads(1))).toEqual(['campaign']);
  });

  it('are one where they come from one network under one name, or in one browser', async () => {
    await leads(4, { network: '203.0.113.1' });
    expect((await judgementOf((await lead()).id)).facts.leads?.[0]?.others).toBe(1);
    await lead({ network: '203.0.113.1', name: 'Nina Neighbour' });
    expect((await judgementOf((await lead()).id)).facts.leads?.[0]?.others).toBe(3);
    const to = `browser-${hosts}.example`;
    const { cookie } = await lead({ to });
    await leads(3, { to, cookie });
    expect((await judgementOf((await lead({ to })).id)).facts.leads?.[0]?.others).toBe(1);
  });

  it('count twice where a moderator confirmed that it was spam', async () => {
    const sent = await leads(3);
    for (const { id } of sent.slice(0, 2)) await decideOn(site, owner, id, { action: 'spam' });
    const next = await lead();
    expect((await judgementOf(next.id)).facts.leads).toEqual([{ host, place: host, others: 3, spam: 2 }]);
    expect(await statusOf(site.db, next.id)).toBe('spam');
  });

  it('lead to international hosts as to others', async () => {
    const to = `магазин-${hosts}.рф`;
    const [, , third] = await leads(3, { to });
    expect((await judgementOf(third?.id as number)).rule).toBe('campaign');
    const hebrew = await leads(3, { to: `קזינו-${hosts}.example` });
    expect((await rulesOf(hebrew))[2]).toBe('campaign');
  });

  it('are no matter after 30 days', async () => {
    await leads(3);
    site.now = new Date(site.now.getTime() + 30.1 * 86_400_000);
    expect((await judgementOf((await lead()).id)).facts.leads).toEqual([]);
  });
});

describe('Strangers are no campaign', () => {
  it('where something stands approved that leads there, until it stands no longer', async () => {
    const [first] = await leads(3);
    await decideOn(site, owner, first?.id as number, { action: 'approve' });
    expect(await rulesOf(await leads(2))).toEqual(['first_comment', 'first_comment']);
    await decideOn(site, owner, first?.id as number, { action: 'remove' });
    expect(await rulesOf(await leads(1))).toEqual(['campaign']);
  });

  it('where somebody known leads there, or the staff', async () => {
    const known = await replyTo(site, path, {}, { network: '203.0.113.2' });
    await decideOn(site, owner, known.id, { action: 'approve' });
    await lead({ cookie: known.cookie });
    expect(await rulesOf(await leads(3))).toEqual(['first_comment', 'first_comment', 'first_comment']);
    const to = `staff-${hosts}.example`;
    await replyTo(site, path, { body: `Read https://${to}/` }, owner);
    expect(await rulesOf(await leads(3, { to }))).toEqual(['first_comment', 'first_comment', 'first_comment']);
  });

  it('where only this speaks for the place, that nothing is held where a stranger led there', async () => {
    const open = await addPost(site.db, { title: 'Open to all', mode: 'open' });
    path = `/posts/${open.slug}`;
    expect(await rulesOf(await leads(3))).toEqual(['standard', 'standard', 'campaign']);
  });

  it('where the post leads there, or it is this site', async () => {
    const source = `Of [a tool](https://www.${host}/docs).`;
    path = `/posts/${(await addPost(site.db, { title: 'Of a tool', source })).slug}`;
    expect(await rulesOf(await leads(3))).toEqual(['first_comment', 'first_comment', 'first_comment']);
    expect(await rulesOf(await leads(3, { to: 'blog.example' }))).toEqual([
      ...['first_comment', 'first_comment', 'first_comment'],
    ]);
  });

  it('where the post leads there, and not where it leads to a host whose name begins like this one', async () => {
    const html = `<p><a href="https://${host}.org/">Elsewhere</a></p>`;
    await site.db.updateTable('post').set({ html }).where('conversation_id', '=', conversationId).execute();
    expect(await rulesOf(await leads(3))).toEqual(['first_comment', 'first_comment', 'campaign']);
    const here = html.replace('.org', '');
    await site.db.updateTable('post').set({ html: here }).where('conversation_id', '=', conversationId).execute();
    expect(await rulesOf(await leads(1))).toEqual(['first_comment']);
  });

  it('where each leads to something of their own on a host that many share', async () => {
    const sent = await leads(0);
    for (const video of ['a', 'b', 'c'])
      sent.push(
        await replyTo(
          site,
          path,
          { body: `See https://youtube.com/watch?v=${hosts}${video}` },
          { network: `203.0.113.${hosts}${video.charCodeAt(0) - 90}` },
        ),
      );
    expect(await rulesOf(sent)).toEqual(['first_comment', 'first_comment', 'first_comment']);
  });

  it('on a host of the list, or for who is known here', async () => {
    const known = await replyTo(site, path, {}, { network: '203.0.113.3' });
    await decideOn(site, owner, known.id, { action: 'approve' });
    await leads(2);
    await setRule(site.db, 'campaign', { settings: { held: 2, spam: 5, hosts: host } });
    expect(await rulesOf(await leads(1))).toEqual(['first_comment']);
    await setRule(site.db, 'campaign', { settings: { held: 2, spam: 5, hosts: '' } });
    expect(await rulesOf([await lead({ cookie: known.cookie })])).toEqual(['standard']);
  });
});

describe('The first of a campaign', () => {
  it('are taken for spam when it is known as one, by the rule, and can be approved then', async () => {
    const sent = await leads(6);
    await sweep();
    expect(await statuses(sent)).toEqual(['spam', 'spam', 'spam', 'spam', 'spam', 'spam']);
    expect(await lastEvent(site.db, 'comment', sent[0]?.id as number)).toMatchObject({
      ...{ action: 'spam', from_status: 'pending', actor_id: null, rule: 'campaign', numbers: { count: 5, spam: 1 } },
    });
    await decideOn(site, owner, sent[0]?.id as number, { action: 'approve' });
    await sweep();
    expect(await statusOf(site.db, sent[0]?.id as number)).toBe('approved');
  });

  it('are taken along, too, where another rule took the last one for spam', async () => {
    const sent = await leads(5);
    const body = `Thought: https://${host}/`;
    await replyTo(site, path, { body, topic: 'Pills' }, { network: '203.0.113.5' });
    await sweep();
    expect(await statuses(sent)).toEqual(['spam', 'spam', 'spam', 'spam', 'spam']);
  });

  it('are taken along where an edit made the last one', async () => {
    const { id, cookie } = await replyTo(site, path, {}, { network: '203.0.113.6' });
    const sent = await leads(5);
    site.now = new Date(site.now.getTime() + 1000);
    const { id: later, cookie: laterCookie } = await replyTo(site, path, {}, { network: '203.0.113.7' });
    const body = `Thought: https://${host}/`;
    for (const [edited, its] of [
      [later, laterCookie],
      [id, cookie],
    ] as const)
      expect((await sendForm(site, `/comments/${edited}/edit`, { body }, { cookie: its })).status).toBe(303);
    // What was written before the others is not judged by them.
    expect(await statuses([{ id }, { id: later }])).toEqual(['pending', 'spam']);
    await sweep();
    expect(await statuses([...sent, { id }])).toEqual(['spam', 'spam', 'spam', 'spam', 'spam', 'spam']);
  });

  it('stay where a moderator decided on them, and where a place was merely named along with it', async () => {
    const named = await lead({ to: `beside-${hosts}.example` });
    const [first, ...sent] = await leads(5);
    await decideOn(site, owner, first?.id as number, { action: 'reject' });
    const body = `Thought: https://${host}/ https://beside-${hosts}.example/`;
    const last = await replyTo(site, path, { body }, { network: '203.0.113.4' });
    expect(await statusOf(site.db, last.id)).toBe('spam');
    await sweep();
    expect(await statuses([named, first as { id: number }, ...sent])).toEqual([
      ...['pending', 'rejected', 'spam', 'spam', 'spam', 'spam'],
    ]);
  });

  it('stay where they lead to a host of the list', async () => {
    const allowed = `allowed-${hosts}.example`;
    const others = await leads(6, { to: allowed });
    await decideOn(site, owner, others[5]?.id as number, { action: 'restore' });
    await setRule(site.db, 'campaign', { settings: { held: 2, spam: 5, hosts: allowed } });
    const sent = await leads(5);
    await replyTo(site, path, { body: `https://${host}/ https://${allowed}/` }, { network: '203.0.113.8' });
    await sweep();
    expect(await statuses([...sent, ...others])).toEqual([
      ...['spam', 'spam', 'spam', 'spam', 'spam'],
      ...['pending', 'pending', 'pending', 'pending', 'pending', 'pending'],
    ]);
    await setRule(site.db, 'campaign', { settings: { held: 2, spam: 5, hosts: '' } });
  });

  it.each([
    ['a moderator took the last one back', 5, 'restore'],
    ['something that leads there was approved', 1, 'approve'],
  ])('stay where %s', async (_what, index, action) => {
    const sent = await leads(6);
    await decideOn(site, owner, sent[index]?.id as number, { action });
    await sweep();
    expect(await statusOf(site.db, sent[0]?.id as number)).toBe('pending');
  });
});

describe('Where a comment leads', () => {
  const kept = (id: number) =>
    site.db
      .selectFrom('comment_place')
      .select(['place', 'known'])
      .where('comment_id', '=', id)
      .orderBy('place')
      .execute();

  it('changes with an edit, which nobody has approved; it is judged by where it leads then', async () => {
    const target = host;
    await leads(2);
    const { id, cookie } = await lead({ to: 'elsewhere.example' });
    await decideOn(site, owner, id, { action: 'approve' });
    expect(await kept(id)).toEqual([{ place: 'elsewhere.example', known: true }]);
    const body = `Now https://${target}/ and https://elsewhere.example/`;
    expect((await sendForm(site, `/comments/${id}/edit`, { body }, { cookie })).status).toBe(303);
    expect(await kept(id)).toEqual([
      { place: 'elsewhere.example', known: false },
      { place: target, known: false },
    ]);
    expect(await judgementOf(id)).toMatchObject({ rule: 'campaign', facts: { leads: [{ place: target, others: 2 }] } });
  });

  it('is erased with the text', async () => {
    await leads(2);
    const { id, cookie } = await lead();
    expect((await sendForm(site, `/comments/${id}/delete`, {}, { cookie })).status).toBe(303);
    expect(await kept(id)).toEqual([]);
    const judgements = await site.db.selectFrom('judgement').selectAll().where('comment_id', '=', id).execute();
    expect(JSON.stringify(judgements)).not.toContain(host);
  });

  it('is deleted after 30 days, unless it stands approved', async () => {
    const [first, second] = await leads(2);
    await decideOn(site, owner, first?.id as number, { action: 'approve' });
    await cleanUp(site.db, { now: new Date(site.now.getTime() + 30.1 * 86_400_000) });
    expect(await kept(first?.id as number)).toEqual([{ place: host, known: true }]);
    expect(await kept(second?.id as number)).toEqual([]);
  });

  it('is looked for in an index, and no further than fifty, however many led there', async () => {
    const comments: number[] = [];
    for (let batch = 0; batch < 40; batch += 1)
      comments.push(
        ...(await plantThread(
          site.db,
          conversationId,
          Array.from({ length: 25 }, () => approved(undefined)),
        )),
      );
    const places = placesIn({ addresses: [`https://${host}/`], website: undefined, name: '' });
    await site.db.transaction().execute((trx) =>
      storePlaces(
        trx,
        comments.map((commentId, index) => ({
          ...{ commentId, places, known: false },
          now: new Date(site.now.getTime() - index * 1000),
        })),
      ),
    );
    await sql`vacuum analyze comment_place`.execute(site.db);
    await sql`vacuum analyze comment`.execute(site.db);
    const asked = { places, browserId: undefined, networkHash: undefined, name: 'Greta', now: site.now };
    const find = (db: TestSite['db']) => ask(db, leadsOf({ comments: [asked], conversationId }));
    expect((await find(site.db))[0]?.[0]?.others).toBe(50);
    expect(await rowsReadBy(site.db, find)).toBeLessThan(250);
  });
});
