import { type Kysely, sql } from 'kysely';
import { type ReplyTerms, shareConversation } from '../../src/comments/conversation.ts';
import { storeFingerprints } from '../../src/comments/copies.ts';
import { factsOf } from '../../src/comments/facts.ts';
import { historiesOf } from '../../src/comments/history.ts';
import { leadsOf, storePlaces } from '../../src/comments/places.ts';
import { judgeComment } from '../../src/comments/policies.ts';
import { readRendered } from '../../src/comments/read-text.ts';
import { findScores } from '../../src/comments/scores.ts';
import { createDatabase, createPool, type Database } from '../../src/database.ts';
import type { Written } from '../../src/learner/features.ts';
import { ask } from '../../src/pipeline.ts';
import { defaultRules, type Rule, type RuleChoice, rulesInForce } from '../../src/rules/rule.ts';
import { type RenderedComment, renderComment } from '../../src/text/comment-markdown.ts';
import { fillPosts } from '../content/fill.ts';
import { createWriter, teach, type Writer, wordOf } from '../content/lessons.ts';
import { median } from '../load/statistics.ts';
import type { Measurement } from '../measurement.ts';
import { addDatabase } from '../processes/own-database.ts';

const learned = 100_000;
/** Comments of the last 30 days, which may be copied. */
const remembered = 20_000;
/** Entries of each list. */
const listed = 10_000;
const rounds = 7;

interface Given extends Written {
  readonly rendered: RenderedComment;
}

/**
 * What it costs to judge a comment that is rendered: to gather all facts, and to ask every rule. Comments come one by one; further
 * figures are those of eight together, and of the longest.
 */
export const judging: Measurement = {
  names: ['judge-cpu'],
  threads: [],
  async measure(ground) {
    const { postgres, seconds } = await addDatabase(ground, 'judge_cpu');
    const pool = createPool(postgres.url, (error) => {
      throw error;
    });
    try {
      const [conversationId = 0] = await fillPosts(postgres.url, { posts: 1, publishedAt: new Date() });
      const db = createDatabase(pool);
      const terms = await db.transaction().execute((trx) => shareConversation(trx, conversationId));
      await remember(db, createWriter(9), conversationId);
      const rules = rulesInForce(rulesWithLists());
      await teach(db, { size: learned, writer: createWriter(7) });
      const writer = createWriter(8);
      const each = Math.ceil(seconds * 100);
      const comments = (count: number, length?: number) =>
        Array.from({ length: count }, (_, index): Given => {
          const written = writer.comment(index % 2 ? 'spam' : 'good', length);
          return { ...written, rendered: renderComment(written.source) };
        });

      /** CPU in milliseconds for one of the texts of each call. */
      const measure = async (calls: readonly (readonly Given[])[]) => {
        const before = { app: process.cpuUsage(), postgres: await postgres.cpu() };
        for (const texts of calls) await judge(db, { texts, conversationId, terms, rules });
        const { user, system } = process.cpuUsage(before.app);
        const count = calls.flat().length * 1_000;
        return { app: (user + system) / count, postgres: ((await postgres.cpu()) - before.postgres) / count };
      };
      const inRounds = async (make: () => readonly (readonly Given[])[]) => {
        await measure(make());
        const found = [];
        for (let round = 0; round < rounds; round += 1) found.push(await measure(make()));
        return { app: median(found.map(({ app }) => app)), postgres: median(found.map((one) => one.postgres)) };
      };
      const alone = await inRounds(() => comments(each).map((text) => [text]));
      const together = await inRounds(() => Array.from({ length: Math.ceil(each / 8) }, () => comments(8)));
      const longest = await inRounds(() => comments(Math.ceil(each / 4), 1_500).map((text) => [text]));
      return {
        values: { 'judge-cpu': { value: alone.app + alone.postgres } },
        further: [
          { name: 'judge-cpu-app', value: alone.app, unit: 'ms' },
          { name: 'judge-cpu-postgres', value: alone.postgres, unit: 'ms' },
          { name: 'judge-cpu-of-eight', value: together.app + together.postgres, unit: 'ms' },
          { name: 'judge-cpu-longest', value: longest.app + longest.postgres, unit: 'ms' },
        ],
      };
    } finally {
      await pool.end();
    }
  },
};

async function judge(
  db: Kysely<Database>,
  {
    texts,
    conversationId,
    terms,
    rules,
  }: { texts: readonly Given[]; conversationId: number; terms: ReplyTerms; rules: readonly Rule[] },
): Promise<void> {
  const now = new Date();
  const read = texts.map(({ rendered, ...typed }) => readRendered(rendered, typed));
  const writings = read.map(({ fingerprint }) => ({
    browserId: undefined,
    networkHash: Buffer.alloc(32),
    fingerprint,
    now,
  }));
  const histories = await ask(db, historiesOf({ writings, standings: true }));
  const stranger = { browserId: undefined, networkHash: Buffer.alloc(32), name: 'Guest', now };
  const comments = read.map(({ places }) => ({ places, ...stranger }));
  const leads = await ask(db, leadsOf({ conversationId, comments }));
  const scores = await findScores(db, { texts: read, trained: true });
  for (const [index, text] of read.entries()) {
    const known = factsOf(text, { staffRole: null, terms, now });
    const [score, history] = [scores[index], histories[index]];
    if (!history?.copies || score?.score === undefined) throw new Error('A comment was not compared with others.');
    judgeComment(
      { ...known, ...history.counts, copies: history.copies, leads: leads[index], ...score },
      { rules, words: text.words },
    );
  }
}

// All rules are on. The entries of the lists are found in no comment, so that each is looked through; one of ten has a wildcard.
function rulesWithLists(): RuleChoice[] {
  const list = (entry: (index: number) => string) =>
    Array.from({ length: listed }, (_, index) => entry(index)).join('\n');
  const words = list((index) => (index % 10 ? `q${wordOf(index)}` : `q${wordOf(index)}*`));
  const hosts = list((index) => `listed${index}.example`);
  return defaultRules.map((rule) => {
    if (rule.name === 'words') return { ...rule, settings: { held: words, spam: words } };
    if (rule.name === 'hosts') return { ...rule, settings: { spam: hosts } };
    return { ...rule, enabled: true };
  });
}

/** Has strangers' comments wait that the others are compared with: what their texts are known by, and where they lead. */
async function remember(db: Kysely<Database>, writer: Writer, conversationId: number): Promise<void> {
  const now = new Date();
  await db.transaction().execute(async (trx) => {
    // What refers to what is known to be right.
    await sql`set local session_replication_role = replica`.execute(trx);
    await sql`
      insert into comment (
        id, conversation_id, root_id, depth, path, status, shown, name, source, html, renderer_version, held_by, network_hash,
        created_at
      )
      select
        number, ${conversationId}::integer, number, 1, decode(lpad(to_hex(number), 10, '0'), 'hex'), 'pending', false,
        'Guest ' || number, '-', '<p>-</p>', 1, 'first_comment', sha256(int4send(number)), ${now}
      from generate_series(1, ${remembered}::integer) number`.execute(trx);
    for (let first = 1; first <= remembered; first += 1_000) {
      const comments = Array.from({ length: 1_000 }, (_, index) => {
        const typed = writer.comment(index % 2 ? 'spam' : 'good');
        const { fingerprint, places } = readRendered(renderComment(typed.source), typed);
        return { commentId: first + index, fingerprint, places, known: false, now };
      });
      await storeFingerprints(trx, comments);
      await storePlaces(trx, comments);
    }
  });
  await sql`vacuum analyze comment, comment_fingerprint, comment_place`.execute(db);
}
