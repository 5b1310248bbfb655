import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import type { CommentStatus } from '../../src/comments/lifecycle.ts';
import { sweepCopies } from '../../src/comments/sweep-copies.ts';
import type { JobPayloads } from '../../src/jobs/payloads.ts';
import { decideOn, openPage, replyTo, statusOf, wordsOf } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

jest.setTimeout(60_000);

let site: TestSite;
let owner: { id: number; cookie: string };
let paths: string[];
let text: string;
let texts = 0;

beforeAll(async () => {
  site = await createTestSite({ TRUST_PROXY: '1' });
  owner = await site.signIn('owner', 'Olivia Owner');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  const posts = [await addPost(site.db, { title: 'Here' }), await addPost(site.db, { title: 'And there' })];
  paths = posts.map(({ slug }) => `/posts/${slug}`);
  texts += 1;
  text = saying[texts % saying.length] as string;
});

const saying = [
  'A wonderful new doctor cured my husband within three weeks, write to him and tell him everything today',
  'Our lottery paid two thousand euros into an account of mine although I never bought any ticket for it',
  'Seven visitors arrive every minute once those experts have finished polishing your forgotten little website',
  'Nobody asks for papers when this friendly bank lends money before breakfast, just send them one message',
  'Buy genuine diplomas of famous universities here, delivered overnight in plain envelopes by discreet couriers',
  'Cheap replicas of Swiss watches keep better time than originals do, says everybody who ordered from us',
  'Lose twenty pounds before summer begins without ever leaving that comfortable sofa, our green tea does everything',
  'Whoever forwards this letter to eleven friends tonight will hear good news from a stranger before Thursday comes',
  'Grandmother earned more than any lawyer with her telephone after she had learned that simple secret trick',
];

let networks = 0;

/** Sends the text, with other first and last words, from a browser and network that nobody knows. */
async function copy(asker: { cookie?: string } = {}): Promise<{ id: number; cookie: string }> {
  networks += 1;
  const path = paths[networks % 2] as string;
  const network = `192.0.2.${networks}`;
  // More than a sentence: no stranger says nearly the same by chance.
  const backwards = text.split(' ').toReversed().join(' ');
  return replyTo(
    site,
    path,
    { body: `${text} ${['kindly', 'friends', 'soon'][networks % 3]}. ${backwards}, they all say` },
    { ...asker, network },
  );
}

async function copies(count: number): Promise<{ id: number; cookie: string }[]> {
  const sent: { id: number; cookie: string }[] = [];
  while (sent.length < count) sent.push(await copy());
  return sent;
}

/** Does the jobs for copies that were added. */
async function sweep(): Promise<void> {
  const { rows } = await sql<{ payload: JobPayloads['sweep_copies'] }>`
    select payload from graphile_worker._private_jobs job
    join graphile_worker._private_tasks task on task.id = job.task_id and task.identifier = 'sweep_copies'
    order by job.id`.execute(site.db);
  for (const { payload } of rows) await sweepCopies(site.db, { ...payload, now: site.now });
}

const statuses = (sent: readonly { id: number }[]): Promise<(CommentStatus | undefined)[]> =>
  Promise.all(sent.map(({ id }) => statusOf(site.db, id)));

const eventsOf = (id: number) =>
  site.db
    .selectFrom('event')
    .select(['action', 'from_status', 'to_status', 'actor_id', 'rule', 'numbers'])
    .where('subject_kind', '=', 'comment')
    .where('subject_id', '=', id)
    .orderBy('id')
    .execute();

describe('The first copies of a wave', () => {
  it('wait until it is known as one, and are taken for spam then, by the rule', async () => {
    const sent = await copies(5);
    expect(await statuses(sent)).toEqual(['pending', 'pending', 'pending', 'pending', 'spam']);
    await sweep();
    expect(await statuses(sent)).toEqual(['spam', 'spam', 'spam', 'spam', 'spam']);
    const [, event] = await eventsOf(sent[0]?.id as number);
    expect(event).toEqual({
      action: 'spam',
      from_status: 'pending',
      to_status: 'spam',
      actor_id: null,
      rule: 'copies',
      numbers: { count: 4, spam: 1 },
    });
    const page = await openPage(site, paths[1] as string, { cookie: sent[0]?.cookie });
    expect(wordsOf(page.text)).toContain('Taken for spam');
  });

  it('are left where they only resemble a sentence of which a wave was made', async () => {
    text = 'Sorry if this was asked before, but who pays for the roof';
    const send = (end: string) => {
      networks += 1;
      const network = `192.0.2.${networks}`;
      return replyTo(
        site,
        paths[0] as string,
        { body: `${text} once a neighbour of ours has moved ${end}?` },
        { network },
      );
    };
    const resembling = await send('somewhere else');
    const sent: { id: number; cookie: string }[] = [];
    while (sent.length < 5) sent.push(await send('away'));
    expect(await statusOf(site.db, sent[4]?.id as number)).toBe('spam');
    await sweep();
    expect(await statuses([resembling, ...sent])).toEqual(['pending', 'spam', 'spam', 'spam', 'spam', 'spam']);
  });

  it('are left where they only have a sentence in common with a wave', async () => {
    const shared =
      'I measured it myself in the same way for years: two per cent less since we stopped using the old stove in the kitchen.';
    const send = (body: string) => {
      networks += 1;
      return replyTo(site, paths[0] as string, { body }, { network: `192.0.2.${networks}` });
    };
    const resembling = await send(`${shared} We sold my camera before the move and I regret it not at all.`);
    const wave: { id: number }[] = [];
    while (wave.length < 5)
      wave.push(await send(`${shared} Has anybody tried the same with bees, and did they come back after the winter?`));
    await sweep();
    expect(await statuses([resembling, ...wave])).toEqual(['pending', 'spam', 'spam', 'spam', 'spam', 'spam']);
  });

  it('stay as they are once that is done, however often the job is done', async () => {
    const sent = await copies(5);
    await sweep();
    await sweep();
    expect((await eventsOf(sent[0]?.id as number)).map(({ action }) => action)).toEqual(['post', 'spam']);
  });

  it('stay where a moderator decided on them, whatever it was', async () => {
    const [approved, restored, ...others] = await copies(4);
    await decideOn(site, owner, approved?.id as number, { action: 'approve' });
    await decideOn(site, owner, restored?.id as number, { action: 'reject' });
    await decideOn(site, owner, restored?.id as number, { action: 'restore' });
    await copy();
    await sweep();
    expect(await statuses([approved, restored, ...others] as { id: number }[])).toEqual([
      'approved',
      'pending',
      'spam',
      'spam',
    ]);
  });

  it('stay where a moderator took the copy back that would take them along', async () => {
    const [first, , , , last] = await copies(5);
    await decideOn(site, owner, last?.id as number, { action: 'restore' });
    await sweep();
    expect(await statusOf(site.db, first?.id as number)).toBe('pending');
  });

  it('can be approved by a moderator afterwards, and are not taken again', async () => {
    const [first] = await copies(5);
    await sweep();
    await decideOn(site, owner, first?.id as number, { action: 'restore' });
    await copy();
    await sweep();
    expect(await statusOf(site.db, first?.id as number)).toBe('pending');
  });

  it('stay where their writer is known here, or trusted', async () => {
    const known = await replyTo(site, paths[0] as string, {}, { network: '198.51.100.1' });
    await decideOn(site, owner, known.id, { action: 'approve' });
    const trusted = await replyTo(site, paths[0] as string, {}, { network: '198.51.100.2' });
    const browserId = Number(/visitor=(\d+)/.exec(trusted.cookie)?.[1]);
    await site.db
      .insertInto('standing')
      .values({ browser_id: browserId, kind: 'trusted', begins_at: site.now, given_by: owner.id })
      .execute();
    await copies(2);
    const theirs = [await copy({ cookie: known.cookie }), await copy({ cookie: trusted.cookie })];
    expect(await statuses(theirs)).toEqual(['pending', 'pending']);
    await copy();
    await sweep();
    expect(await statuses(theirs)).toEqual(['pending', 'pending']);
  });
});

describe('A copy of what is spam', () => {
  it('is held where there was one, and spam where there were two', async () => {
    const [first] = await copies(1);
    await decideOn(site, owner, first?.id as number, { action: 'spam' });
    const next = await copy();
    const [posted] = await eventsOf(next.id);
    expect(posted).toMatchObject({ to_status: 'pending', rule: 'copies', numbers: { count: 1, spam: 0 } });
    await decideOn(site, owner, next.id, { action: 'spam' });
    expect(await statuses([await copy()])).toEqual(['spam']);
  });
});
