import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Facts } from '../../src/comments/judge.ts';
import { measureScope, readJudged } from '../../src/replay/judged-comments.ts';
import { replayComment } from '../../src/replay/replay.ts';
import { loadRules, storeRules } from '../../src/rules/queries.ts';
import { choiceOf, defaultRules, type RuleChoice } from '../../src/rules/rule.ts';
import { act, addWaiting, learnAll } from '../learner/lessons.ts';
import { fieldOn, openPage, postReply, sendForm } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { pick, randomFrom } from '../support/threads.ts';

jest.setTimeout(120_000);

/** The same seed makes the same comments; `FUZZ_SEED` has them made again. */
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);
const random = randomFrom(seed);
const chance = (share: number) => random() < share;

const writings = 60;

let site: TestSite;
let staff: { id: number; cookie: string }[];

beforeAll(async () => {
  site = await createTestSite({ TRUST_PROXY: 'loopback' });
  staff = [await site.signIn('owner'), await site.signIn('author')];
  await site.db.updateTable('site').set({ edit_minutes: 60 }).execute();
  await teach();
});
afterAll(() => site.close());

describe(`Rules that are tried again on what they judged, with seed ${seed}`, () => {
  it.each([1, 2, 3])('say what they said then, by the same rule and in the same words: rules No. %s', async () => {
    const before = await measureScope(site.db, { scope: { comments: 10_000 }, now: site.now });
    await site.db.transaction().execute((trx) => storeRules(trx, randomRules()));
    await writeMuch();
    const { last } = await measureScope(site.db, { scope: { comments: 10_000 }, now: site.now });
    const { comments } = await readJudged(site.db, { first: before.last + 1, last, most: 1_000 });
    const rules = await loadRules(site.db);
    expect(comments.length).toBeGreaterThan(writings / 2);
    for (const comment of comments) {
      const { before: then, after } = replayComment(comment, rules) ?? {};
      expect({ seed, id: comment.id, ...after }).toEqual({ seed, id: comment.id, ...then });
    }
  });

  it('were asked about enough to be a proof: every status, many rules, edits, staff and switches', async () => {
    const judged = await site.db.selectFrom('judgement').select(['rule', 'verdict', 'facts', 'comment_id']).execute();
    const facts = (some: (facts: Facts) => boolean) => judged.some((each) => some(each.facts));
    expect({ seed, verdicts: new Set(judged.map(({ verdict }) => verdict)).size }).toEqual({ seed, verdicts: 3 });
    expect(new Set(judged.map(({ rule }) => rule)).size).toBeGreaterThan(5);
    expect(new Set(judged.map(({ comment_id }) => comment_id)).size).toBeLessThan(judged.length);
    const some = [facts(({ staffRole }) => staffRole !== null), facts(({ links }) => links > 2)];
    some.push(
      facts(({ score = 0 }) => score > 50),
      facts(({ copies }) => (copies?.near ?? 0) > 0),
    );
    expect({ seed, some }).toEqual({ seed, some: [true, true, true, true] });
  });
});

function randomRules(): RuleChoice[] {
  const settings = {
    words: { held: pick(random, ['idiot\nвеликий', '', '愚か']), spam: pick(random, ['casino*\nbuy now', '']) },
    hosts: { spam: pick(random, ['spam.example', '']) },
    links: { allowed: pick(random, [0, 1, 2]), hosts: pick(random, ['good.example', '']) },
    flooding: { browser: pick(random, [2, 5]), network: pick(random, [4, 20]) },
    copies: { held: pick(random, [1, 2]), spam: pick(random, [3, 9]) },
    learned: { held: pick(random, [20, 60, null]), spam: pick(random, [90, null]) },
    wave: { comments: pick(random, [5, 60]) },
    post_age: { days: pick(random, [10, 365]) },
  };
  const rules = defaultRules.map((rule) => ({
    ...rule,
    enabled: chance(0.7),
    settings: { ...rule.settings, ...(settings as Record<string, object>)[rule.name] },
  })) as RuleChoice[];
  const links = choiceOf(rules, 'links');
  return chance(0.5) ? [links, ...rules.filter(({ name }) => name !== 'links')] : rules;
}

// So that what is written has a score, and not always the same.
async function teach(): Promise<void> {
  const { conversationId } = await addPost(site.db, { title: 'Lessons' });
  for (const [action, words] of [
    ['spam', 'Casinos everywhere, buy now'],
    ['approve', 'Good point, and a novel thought'],
  ] as const) {
    const texts = Array.from({ length: 60 }, (_none, index) => `${words}, No. ${index}`);
    await act(site.db, await addWaiting(site.db, conversationId, texts), { action, actorId: staff[0]?.id });
  }
  await learnAll(site.db);
}

async function writeMuch(): Promise<void> {
  site.now = new Date(site.now.getTime() + 3_600_000);
  const paths = await Promise.all(['open', 'first_held', 'all_held', null].map((mode) => addConversation(mode)));
  const guests: string[] = [];
  for (let written = 0; written < writings; written += 1) {
    site.now = new Date(site.now.getTime() + Math.floor(random() * 120_000));
    const asker = chance(0.15) ? pick(random, staff).cookie : chance(0.5) ? guests.at(-1) : undefined;
    const network = `192.0.2.${Math.floor(random() * 5)}`;
    const { commentId, cookie } = await postReply(site, pick(random, paths), randomFields(), {
      cookie: asker,
      network,
    });
    if (cookie) guests.push(cookie);
    if (commentId === undefined) continue;
    const writer = asker ?? cookie;
    if (chance(0.15)) await judgeWriter(commentId);
    if (chance(0.3)) await edit(commentId, writer);
  }
}

async function addConversation(mode: string | null): Promise<string> {
  const { slug, conversationId } = await addPost(site.db, { title: 'A talk', mode: mode as Facts['mode'] | null });
  const switches = chance(0.5) ? { links: chance(0.5), first_comment: chance(0.5) } : {};
  await site.db
    .updateTable('conversation')
    .set({ rule_switches: JSON.stringify(switches) })
    .where('id', '=', conversationId)
    .execute();
  return `/posts/${slug}`;
}

function randomText(): string {
  const parts = [
    ...[
      'Good point.',
      'You **id**iot!',
      'Ca**si**nos everywhere',
      'Великий роман',
      '愚かな話',
      'Why not buy… now?',
      '<script>',
    ],
    ...['https://good.example/a', '[here](https://www.spam.example/x)', 'http://else.example', 'mailto:a@b.example'],
  ];
  return [`Words ${random()}`, ...Array.from({ length: Math.ceil(random() * 5) }, () => pick(random, parts))].join(' ');
}

function randomFields() {
  return {
    name: pick(random, ['Greta Guest', 'pills.example.com', 'Casino Royale', 'Ирина']),
    website: chance(0.2) ? 'https://spam.example' : '',
    topic: chance(0.05) ? 'filled in' : '',
    seconds: pick(random, ['', '1', '90']),
    body: randomText(),
  };
}

async function judgeWriter(commentId: number): Promise<void> {
  const { browser_id } = await site.db
    .selectFrom('comment')
    .select('browser_id')
    .where('id', '=', commentId)
    .executeTakeFirstOrThrow();
  if (browser_id === null) return;
  const given_by = (staff[0] as { id: number }).id;
  const kind = chance(0.5) ? 'trusted' : 'held';
  await site.db
    .insertInto('standing')
    .values({ kind, browser_id, begins_at: site.now, given_by, reason: '', note: '' })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function edit(commentId: number, cookie: string | undefined): Promise<void> {
  const form = await openPage(site, `/comments/${commentId}/edit`, { cookie });
  const version = fieldOn(form.text, 'version') ?? '';
  await sendForm(site, `/comments/${commentId}/edit`, { body: randomText(), version }, { cookie });
}
