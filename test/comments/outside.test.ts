import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { loadRules, storeRules } from '../../src/rules/queries.ts';
import { defaultRules, type RuleSettings } from '../../src/rules/rule.ts';
import { type ServiceServer, startServiceServer } from '../outside/service-server.ts';
import {
  type Fields,
  newText,
  openPage,
  postReply,
  replyTo,
  sendForm,
  statusOf,
  until,
  wordsOf,
} from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;
let server: ServiceServer;
let path: string;
let moderator: { id: number; cookie: string };

beforeAll(async () => {
  server = await startServiceServer();
  site = await createTestSite({ BASE_URL: 'http://blog.example', TRUST_PROXY: 'true' });
  moderator = await site.signIn('moderator', 'Mona Moderator');
  path = `/posts/${(await addPost(site.db, { title: 'Elsewhere', publishedAt: site.now })).slug}`;
  await site.db.updateTable('site').set({ comment_mode: 'open' }).execute();
});
afterAll(async () => {
  await site.close();
  await server.close();
});
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  server.asked.length = 0;
  server.misbehave = undefined;
  await giveKey('right-key');
  await setRule({});
});

const spammer = { name: 'viagra-test-123' };
const blatant = () => ({ ...spammer, body: `${newText()} явный` });

describe('A service elsewhere', () => {
  it('makes wait what it takes for spam, and the writer and the queue are told why', async () => {
    const { id, cookie } = await replyTo(site, path, spammer);
    expect(await statusOf(site.db, id)).toBe('pending');
    expect(await factOf(id)).toBe('spam');
    const sentence = 'Held: a service that this site asks takes it for spam.';
    expect(wordsOf((await openPage(site, path, { cookie })).text)).toContain(sentence);
    expect(wordsOf((await openPage(site, '/moderation?rule=outside', moderator)).text)).toContain(sentence);
  });

  it('makes it spam where the owner chose so, and what it is sure of anyway', async () => {
    expect(await statusOf(site.db, (await replyTo(site, path, blatant())).id)).toBe('spam');
    await setRule({ found: 'spam' });
    expect(await statusOf(site.db, (await replyTo(site, path, spammer)).id)).toBe('spam');
  });

  it('leaves what it takes for good to the other rules', async () => {
    const { id } = await replyTo(site, path);
    expect([await statusOf(site.db, id), await factOf(id)]).toEqual(['approved', 'good']);
    expect(await statusOf(site.db, (await replyTo(site, path, { topic: 'Pills' })).id)).toBe('spam');
  });

  it('is told of a guest what the documentation says, and nothing else', async () => {
    const { id } = await replyTo(site, path);
    server.asked.length = 0;
    const body = newText();
    const fields = { name: ' Greta  Guest ', email: 'greta@guests.example', website: 'guests.example', body };
    await replyTo(site, path, { ...fields, parent: String(id) }, { network: '203.0.113.7' });
    expect(server.asked.map((asked) => asked.fields)).toEqual([
      {
        api_key: 'right-key',
        blog: 'http://blog.example/',
        permalink: `http://blog.example${path}`,
        comment_type: 'reply',
        comment_author: 'Greta Guest',
        comment_author_url: 'https://guests.example/',
        comment_content: body,
        comment_date_gmt: site.now.toISOString(),
        blog_charset: 'UTF-8',
      },
    ]);
  });

  it('is told the network address where the owner chose so, which is not kept', async () => {
    await setRule({ network: true });
    await replyTo(site, path, { name: 'Nina Network' }, { network: '203.0.113.8' });
    expect(server.asked[0]?.fields.user_ip).toBe('203.0.113.8');
    const kept = await site.db.selectFrom('judgement').select('facts').execute();
    expect(JSON.stringify(kept)).not.toContain('203.0.113.8');
  });

  it('is asked about an edit by a guest, with the new text', async () => {
    const { id, cookie } = await replyTo(site, path, spammer);
    await site.db.updateTable('comment').set({ status: 'approved', shown: true }).where('id', '=', id).execute();
    server.asked.length = 0;
    const body = blatant().body;
    expect((await sendForm(site, `/comments/${id}/edit`, { body }, { cookie })).status).toBe(303);
    expect(
      server.asked.map(({ fields }) => [fields.comment_content, fields.recheck_reason, fields.comment_type]),
    ).toEqual([[body, 'edit', 'comment']]);
    expect([await statusOf(site.db, id), await factOf(id)]).toEqual(['spam', 'discard']);
  });
});

describe('A service elsewhere is not asked', () => {
  it('where the rule is off, unless it is on for the conversation', async () => {
    await storeOff();
    await replyTo(site, path, spammer);
    expect(server.asked).toEqual([]);
    await switchHere({ outside: true });
    await replyTo(site, path, spammer);
    expect(server.asked).toHaveLength(1);
    await setRule({});
    await switchHere({ outside: false });
    await replyTo(site, path, spammer);
    expect(server.asked).toHaveLength(1);
    await switchHere({});
  });

  it('about what the staff write or edit', async () => {
    const { id } = await replyTo(site, path, {}, moderator);
    await sendForm(site, `/comments/${id}/edit`, { body: newText() }, moderator);
    expect(server.asked).toEqual([]);
  });

  it('twice about what is sent twice', async () => {
    const fields = { body: newText(), key: crypto.randomUUID() };
    const { id, cookie } = await replyTo(site, path, fields);
    expect((await replyTo(site, path, fields, { cookie })).id).toBe(id);
    expect(server.asked).toHaveLength(1);
  });

  it.each<[string, Fields, number]>([
    ['without a text', { body: ' ' }, 422],
    ['under a name of the staff', { name: 'Mona Moderator' }, 422],
    ['to a comment that there is not', { parent: '999999' }, 422],
  ])('about what is refused: %s', async (_what, fields, status) => {
    expect((await postReply(site, path, fields)).status).toBe(status);
    expect(server.asked).toEqual([]);
  });

  it('about what comes after a closing', async () => {
    await site.db.updateTable('site').set({ comment_mode: 'closed' }).execute();
    expect((await postReply(site, path)).status).toBe(403);
    await site.db.updateTable('site').set({ comment_mode: 'open' }).execute();
    expect(server.asked).toEqual([]);
  });

  it('without a key for its very address', async () => {
    await site.db.updateTable('outside_key').set({ url: 'https://elsewhere.example/' }).execute();
    expect(await statusOf(site.db, (await replyTo(site, path, spammer)).id)).toBe('approved');
    expect(server.asked).toEqual([]);
  });
});

describe('A service elsewhere that does not help', () => {
  it('leaves the comment to the other rules: it does not know the key', async () => {
    await giveKey('wrong-key');
    const { id } = await replyTo(site, path, spammer);
    expect([await statusOf(site.db, id), await factOf(id)]).toEqual(['approved', undefined]);
  });

  it('leaves the comment to the other rules: nobody is there', async () => {
    const gone = await startServiceServer();
    await gone.close();
    await giveKey('right-key', gone.url);
    await setRule({ url: gone.url });
    const { id } = await replyTo(site, path, spammer);
    expect([await statusOf(site.db, id), await factOf(id)]).toEqual(['approved', undefined]);
  });

  it('holds nobody else up, and its writer for two seconds at most', async () => {
    let asked = 0;
    server.misbehave = (response) => {
      asked += 1;
      if (asked > 1) response.end('false');
    };
    const slow = replyTo(site, path, spammer);
    await until(async () => asked === 1);
    const other = await replyTo(site, path, {}, { network: '203.0.113.9' });
    expect(await namesNow()).not.toContain('viagra-test-123');
    const { id } = await slow;
    expect(other.id).toBeLessThan(id);
    expect([await statusOf(site.db, id), await factOf(id)]).toEqual(['approved', undefined]);
  });

  it('is asked eight questions at once by a process, and what comes beyond them is judged without it', async () => {
    server.misbehave = () => {};
    const networks = Array.from({ length: 8 }, (_none, index) => `203.0.114.${index + 1}`);
    const waiting = networks.map((network) => replyTo(site, path, spammer, { network }));
    await until(async () => server.asked.length === 8);
    const { id } = await replyTo(site, path, spammer, { network: '203.0.114.9' });
    expect([await statusOf(site.db, id), await factOf(id)]).toEqual(['approved', undefined]);
    expect(server.asked).toHaveLength(8);
    // None of the eight has been answered by then.
    for (const { id: asked } of await Promise.all(waiting)) expect(asked).toBeGreaterThan(id);
    server.misbehave = undefined;
    expect(await factOf((await replyTo(site, path, spammer, { network: '203.0.114.10' })).id)).toBe('spam');
  });

  it('lets a closing pass meanwhile, which then counts', async () => {
    let waiting: (() => void) | undefined;
    server.misbehave = (response) => {
      waiting = () => void response.end('false');
    };
    const reply = postReply(site, path);
    await until(async () => waiting !== undefined);
    await site.db.updateTable('site').set({ comment_mode: 'closed' }).execute();
    waiting?.();
    expect((await reply).status).toBe(403);
    await site.db.updateTable('site').set({ comment_mode: 'open' }).execute();
  });
});

// Over the comments that were just stored.
async function namesNow(): Promise<string[]> {
  const rows = await site.db.selectFrom('comment').select('name').where('created_at', '=', site.now).execute();
  return rows.map(({ name }) => name);
}

async function factOf(id: number) {
  const query = site.db.selectFrom('judgement').select('facts').where('comment_id', '=', id).orderBy('id', 'desc');
  return (await query.limit(1).executeTakeFirstOrThrow()).facts.outside;
}

async function setRule(settings: Partial<RuleSettings['outside']>): Promise<void> {
  const set = { url: server.url, found: 'held' as const, network: false, ...settings };
  const rules = defaultRules.map((rule) =>
    rule.name === 'outside' ? { ...rule, enabled: true, settings: set } : rule,
  );
  await site.db.transaction().execute((trx) => storeRules(trx, rules));
}

async function storeOff(): Promise<void> {
  const rules = (await loadRules(site.db)).map((rule) =>
    rule.name === 'outside' ? { ...rule, enabled: false } : rule,
  );
  await site.db.transaction().execute((trx) => storeRules(trx, rules));
}

async function switchHere(switches: { outside?: boolean }): Promise<void> {
  await site.db
    .updateTable('conversation')
    .set({ rule_switches: JSON.stringify(switches) })
    .execute();
}

async function giveKey(key: string, url = server.url): Promise<void> {
  await site.db.deleteFrom('outside_key').execute();
  await site.db.insertInto('outside_key').values({ url, key }).execute();
}
