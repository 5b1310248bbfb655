import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { pino } from 'pino';
import { mostAttempts } from '../../src/jobs/payloads.ts';
import { addJob } from '../../src/jobs/queries.ts';
import { startWorker, type Tasks, type Worker } from '../../src/jobs/worker.ts';
import { patiently } from '../../src/outside/ask.ts';
import { loadRules, storeRules } from '../../src/rules/queries.ts';
import type { RuleChoice } from '../../src/rules/rule.ts';
import { tellService } from '../../src/training/tell-service.ts';
import { decideOn, lastEvent, newText, replyTo, sendForm, statusOf } from '../support/comments.ts';
import { eventually } from '../support/eventually.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { type ServiceServer, startServiceServer, thanks } from './service-server.ts';

let site: TestSite;
let server: ServiceServer;
let moderator: { id: number; cookie: string };
let path: string;

beforeAll(async () => {
  server = await startServiceServer();
  site = await createTestSite({ BASE_URL: 'http://blog.example', TRUST_PROXY: 'true' });
  moderator = await site.signIn('moderator', 'Mona Moderator');
  path = `/posts/${(await addPost(site.db, { title: 'Taught elsewhere', publishedAt: site.now })).slug}`;
});
afterAll(async () => {
  await site.close();
  await server.close();
});
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  server.misbehave = undefined;
  await site.db.deleteFrom('outside_key').execute();
  await site.db.insertInto('outside_key').values({ url: server.url, key: 'right-key' }).execute();
  await setRule({ enabled: true });
  await site.db.updateTable('conversation').set({ rule_switches: '{}' }).execute();
});

const spammer = { name: 'viagra-test-123' };

async function setRule(changes: Partial<RuleChoice>): Promise<void> {
  const settings = { url: server.url, found: 'held', network: false } as const;
  const rules = (await loadRules(site.db)).map((rule) =>
    rule.name === 'outside' ? ({ ...rule, settings, ...changes } as RuleChoice) : rule,
  );
  await site.db.transaction().execute((trx) => storeRules(trx, rules));
}

/** The comments for which jobs wait. */
async function jobs(): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select (payload ->> 'commentId')::integer as id from graphile_worker._private_jobs job
    join graphile_worker._private_tasks task on task.id = job.task_id and task.identifier = 'tell_service'
    order by job.id`.execute(site.db);
  return rows.map(({ id }) => id);
}

async function jobNames(): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select task_identifier as name from graphile_worker.jobs`.execute(
    site.db,
  );
  return rows.map(({ name }) => name);
}

/** Starts what a process does of its jobs: it tells the service, and makes nothing of all others. */
function startTelling(): Worker {
  const nothing = Object.fromEntries(
    Object.keys(mostAttempts).map((name) => [name, async () => {}]),
  ) as unknown as Tasks;
  const tasks: Tasks = { ...nothing, tell_service: (payload) => tellService(context(), payload) };
  return startWorker({ db: site.db, pool: site.pool, logger: pino({ level: 'silent' }) }, tasks);
}

const context = () => ({ db: site.db, network: patiently, siteAddress: 'http://blog.example', now: () => site.now });

/** Does the job. @returns what the service was told by it. */
async function tell(commentId: number): Promise<string[]> {
  server.asked.length = 0;
  await tellService(context(), { commentId });
  return server.asked.map((asked) => asked.path);
}

const edit = async (id: number, { body, cookie }: { body: string; cookie: string }) =>
  expect((await sendForm(site, `/comments/${id}/edit`, { body }, { cookie })).status).toBe(303);

const undo = async (id: number) => {
  const { id: event } = await lastEvent(site.db, 'comment', id);
  expect((await sendForm(site, '/moderation/undo', { event: String(event) }, moderator)).status).toBe(303);
};

describe('A service elsewhere is told', () => {
  it('that what it took for spam is none, once a moderator has approved it, with what it was asked about', async () => {
    const body = newText();
    const fields = { ...spammer, website: 'guests.example', email: 'greta@guests.example', body };
    const { id } = await replyTo(site, path, fields);
    await decideOn(site, moderator, id, { action: 'approve' });
    expect(await jobs()).toContain(id);
    expect(await tell(id)).toEqual(['/1.1/submit-ham']);
    expect(server.asked[0]?.fields).toEqual({
      api_key: 'right-key',
      blog: 'http://blog.example/',
      permalink: `http://blog.example${path}`,
      comment_type: 'comment',
      comment_author: 'viagra-test-123',
      comment_author_url: 'https://guests.example/',
      comment_content: body,
      comment_date_gmt: site.now.toISOString(),
      blog_charset: 'UTF-8',
    });
  });

  it('that what it took for good is spam, and only once', async () => {
    const { id } = await replyTo(site, path);
    await decideOn(site, moderator, id, { action: 'spam' });
    expect(await tell(id)).toEqual(['/1.1/submit-spam']);
    expect(await tell(id)).toEqual([]);
  });

  it('the contrary where the decision is undone, and the first again where that is', async () => {
    const { id } = await replyTo(site, path);
    await decideOn(site, moderator, id, { action: 'spam' });
    await tell(id);
    await undo(id);
    expect(await statusOf(site.db, id)).toBe('pending');
    expect(await tell(id)).toEqual(['/1.1/submit-ham']);
    await undo(id);
    expect(await tell(id)).toEqual(['/1.1/submit-spam']);
  });

  it('of each text by itself: that it was wrong about the next one, too', async () => {
    const { id, cookie } = await replyTo(site, path, spammer);
    await decideOn(site, moderator, id, { action: 'approve' });
    expect(await tell(id)).toEqual(['/1.1/submit-ham']);
    const body = newText();
    await edit(id, { body, cookie });
    expect(await statusOf(site.db, id)).toBe('pending');
    await decideOn(site, moderator, id, { action: 'approve' });
    expect(await tell(id)).toEqual(['/1.1/submit-ham']);
    expect(server.asked[0]?.fields.comment_content).toBe(body);
    await undo(id);
    expect(await tell(id)).toEqual(['/1.1/submit-spam']);
  });

  it('again later where it is away, and the decision stands meanwhile', async () => {
    const { id } = await replyTo(site, path);
    await decideOn(site, moderator, id, { action: 'spam' });
    server.misbehave = (response) => void response.destroy();
    await expect(tell(id)).rejects.toThrow('took nothing: unreachable');
    expect(await statusOf(site.db, id)).toBe('spam');
    server.misbehave = undefined;
    expect(await tell(id)).toEqual(['/1.1/submit-spam']);
  });
});

describe('A service elsewhere that takes its time', () => {
  it('is told the contrary by whichever process, where the decision is undone before it has answered', async () => {
    await sql`delete from graphile_worker._private_jobs`.execute(site.db);
    const { id } = await replyTo(site, path);
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    server.asked.length = 0;
    server.misbehave = (response) => void released.then(() => response.end(thanks));
    const workers = [startTelling(), startTelling()];
    try {
      await decideOn(site, moderator, id, { action: 'spam' });
      await eventually(() => server.asked.length === 1);
      await undo(id);
      // Whoever is free takes what was added before this.
      await site.db.transaction().execute((trx) => addJob(trx, 'clean_up', {}));
      await eventually(async () => !(await jobNames()).includes('clean_up'));
      release();
      await eventually(async () => (await jobNames()).length === 0);
      expect(server.asked.map((asked) => asked.path)).toEqual(['/1.1/submit-spam', '/1.1/submit-ham']);
    } finally {
      release();
      await Promise.all(workers.map((worker) => worker.stop()));
    }
  });
});

describe('A service elsewhere is not told', () => {
  it('that it was right', async () => {
    const good = await replyTo(site, path);
    await decideOn(site, moderator, good.id, { action: 'approve' });
    const spam = await replyTo(site, path, spammer);
    await decideOn(site, moderator, spam.id, { action: 'spam' });
    expect([...(await tell(good.id)), ...(await tell(spam.id))]).toEqual([]);
  });

  it('that it was right about one text after it had been wrong about another', async () => {
    const { id, cookie } = await replyTo(site, path, spammer);
    await decideOn(site, moderator, id, { action: 'approve' });
    expect(await tell(id)).toEqual(['/1.1/submit-ham']);
    await edit(id, { body: newText(), cookie });
    await decideOn(site, moderator, id, { action: 'spam' });
    expect(await tell(id)).toEqual([]);
  });

  it('what was merely rejected, or what was done and undone before anybody told', async () => {
    const { id } = await replyTo(site, path);
    await decideOn(site, moderator, id, { action: 'reject' });
    expect(await tell(id)).toEqual([]);
    const other = await replyTo(site, path);
    await decideOn(site, moderator, other.id, { action: 'spam' });
    await undo(other.id);
    expect(await tell(other.id)).toEqual([]);
  });

  it('of what was deleted meanwhile', async () => {
    const { id, cookie } = await replyTo(site, path, spammer);
    await decideOn(site, moderator, id, { action: 'approve' });
    expect(await tell(id)).toEqual(['/1.1/submit-ham']);
    expect((await sendForm(site, `/comments/${id}/delete`, {}, { cookie })).status).toBe(303);
    expect(await tell(id)).toEqual([]);
  });

  it('of a text about which it was not asked, or had nothing to say', async () => {
    server.misbehave = (response) => void response.destroy();
    const { id } = await replyTo(site, path);
    server.misbehave = undefined;
    await decideOn(site, moderator, id, { action: 'spam' });
    expect(await jobs()).not.toContain(id);
    expect(await tell(id)).toEqual([]);
    await decideOn(site, moderator, id, { action: 'approve' });
    expect(await tell(id)).toEqual([]);
  });

  it('of what was edited since the decision', async () => {
    const { id, cookie } = await replyTo(site, path, spammer);
    await decideOn(site, moderator, id, { action: 'approve' });
    await edit(id, { body: newText(), cookie });
    expect(await tell(id)).toEqual([]);
  });

  it('where the rule is off, for the site or the conversation, or there is no key', async () => {
    const { id } = await replyTo(site, path);
    await decideOn(site, moderator, id, { action: 'spam' });
    await setRule({ enabled: false });
    expect(await tell(id)).toEqual([]);
    await setRule({ enabled: true });
    await site.db.updateTable('conversation').set({ rule_switches: '{"outside": false}' }).execute();
    expect(await tell(id)).toEqual([]);
    await site.db.updateTable('conversation').set({ rule_switches: '{}' }).execute();
    await site.db.deleteFrom('outside_key').execute();
    expect(await tell(id)).toEqual([]);
    const other = await replyTo(site, path);
    await decideOn(site, moderator, other.id, { action: 'spam' });
    expect(await jobs()).not.toContain(other.id);
  });
});
