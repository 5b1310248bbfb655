import type { Kysely } from 'kysely';
import { createDatabase, createPool, type Database } from '../../src/database.ts';
import { loadRules, storeRules } from '../../src/rules/queries.ts';
import { fillPosts } from '../content/fill.ts';
import { teachDecisions } from '../content/lessons.ts';
import type { MadeComment } from '../content/made-comment.ts';
import { type Site, sendStream } from '../content/send-stream.ts';
import { makeStream } from '../content/stream.ts';
import type { Figure, Ground, Measurement } from '../measurement.ts';
import { addDatabase } from '../processes/own-database.ts';

const posts = 20;
const untrained = { size: 6_000, days: 14 };
/** Campaigns are few and large, so that one stream says little: of these the first is what is learned from. */
const seeds = [2_026, 2_027, 2_028];
const afterwards = { seed: 77, size: 2_000, days: 7 };
const decisions = [50, 500, 5_000];
const day = 86_400_000;

/** Comments, and where each stands in the end; what was turned away is missing. */
type Became = ReadonlyMap<MadeComment, string>;

/** What becomes of a made stream, by the rules that a site begins with and by what it learns. See docs/made-stream.md. */
export const stream: Measurement = {
  names: ['stream-first-view', 'stream-good-as-spam'],
  threads: [],
  async measure(ground) {
    const begins = new Date(Date.now() - (untrained.days + afterwards.days) * day);
    const firsts = seeds.map((seed) => makeStream({ ...untrained, seed, posts, begins }));
    const [first = []] = firsts;
    const second = makeStream({ ...afterwards, posts, begins: new Date(begins.getTime() + untrained.days * day) });
    let conversationIds: number[] = [];
    const send = (comments: readonly MadeComment[]) => (site: Site) => sendAll(site, { comments, conversationIds });
    const all: (readonly [MadeComment, string])[] = [];
    const further: Figure[] = [];
    for (const [index, comments] of firsts.entries()) {
      const site = await addDatabase(ground, `made_stream_of_${seeds[index]}`);
      conversationIds = await fillPosts(site.postgres.url, { posts, publishedAt: begins });
      const became = await within(site, send(comments));
      further.push({
        name: `stream-first-view-of-${seeds[index]}`,
        value: percent(spamOf(comments), isIn(became)),
        unit: '%',
      });
      all.push(...became);
    }
    const sent = firsts.flat();
    const became = new Map(all);
    further.push(...kindsOf(sent, became));
    let unlearned: Became | undefined;
    for (const size of [0, ...decisions]) {
      const copy = await addDatabase(ground, `made_stream_${size}`, `made_stream_of_${seeds[0]}`);
      const later = await within(copy, async (site) => {
        if (size > 0) await learn(site.db, spreadOver(first, size));
        return send(second)(site);
      });
      if (size === 0) unlearned = later;
      further.push(...toldOf(size === 0 ? 'stream-unlearned' : `stream-learned-${size}`, second, later));
    }
    return {
      values: {
        'stream-first-view': { value: percent(spamOf(sent), isIn(became)) },
        'stream-good-as-spam': { value: goodAsSpam(sent, became) + (unlearned ? goodAsSpam(second, unlearned) : 0) },
      },
      further,
    };
  },
};

// So many of them, from all of the time: nobody decides on every copy of a wave.
function spreadOver(comments: readonly MadeComment[], size: number): MadeComment[] {
  return comments.filter((_comment, at) => (at * size) % comments.length < size);
}

const isIn = (became: Became) => (comment: MadeComment) => isSeen(became.get(comment));
const isSeen = (status: string | undefined) => status === 'pending' || status === 'approved';
const spamOf = (comments: readonly MadeComment[]) => comments.filter(({ label }) => label === 'spam');
const goodOf = (comments: readonly MadeComment[]) => comments.filter(({ label }) => label === 'good');

function percent(comments: readonly MadeComment[], is: (comment: MadeComment) => boolean): number {
  return comments.length === 0 ? 0 : (100 * comments.filter(is).length) / comments.length;
}

function goodAsSpam(comments: readonly MadeComment[], became: Became): number {
  return goodOf(comments).filter((comment) => became.get(comment) === 'spam').length;
}

async function within<Result>({ postgres }: Ground, work: (site: Site) => Promise<Result>): Promise<Result> {
  const pool = createPool(postgres.url, (error) => {
    throw error;
  });
  try {
    return await work({ db: createDatabase(pool), pool });
  } finally {
    await pool.end();
  }
}

async function sendAll(
  site: Site,
  { comments, conversationIds }: { comments: readonly MadeComment[]; conversationIds: readonly number[] },
): Promise<Became> {
  const ids = await sendStream(site, { comments, conversationIds });
  const rows = await site.db.selectFrom('comment').select(['id', 'status']).execute();
  const statuses = new Map(rows.map(({ id, status }) => [id, status]));
  return new Map([...ids].map(([comment, id]) => [comment, statuses.get(id) as string]));
}

// As if a moderator who errs never had decided on these, and the rule that asks for it were switched on.
async function learn(db: Kysely<Database>, comments: readonly MadeComment[]): Promise<void> {
  await teachDecisions(
    db,
    comments.map(({ label, name, website, body }) => ({
      label,
      written: { name, website: website || null, source: body, sourceFormat: 'markdown' },
    })),
  );
  const rules = await loadRules(db);
  await db.transaction().execute((trx) =>
    storeRules(
      trx,
      rules.map((rule) => (rule.name === 'learned' ? { ...rule, enabled: true } : rule)),
    ),
  );
}

// Of each kind of spam, how much moderators see first; and how much rules took for spam, or turned away.
function kindsOf(comments: readonly MadeComment[], became: Became): Figure[] {
  const kinds = Map.groupBy(spamOf(comments), ({ kind }) => kind);
  const share = (name: string, is: (status: string | undefined) => boolean) => ({
    name,
    value: percent(spamOf(comments), (comment) => is(became.get(comment))),
    unit: '%',
  });
  return [
    share('stream-taken-for-spam', (status) => status === 'spam'),
    share('stream-published', (status) => status === 'approved'),
    share('stream-turned-away', (status) => status === undefined),
    ...[...kinds].map(([kind, those]) => ({
      name: `stream-first-view-${kind}`,
      value: percent(those, (comment) => isSeen(became.get(comment))),
      unit: '%',
    })),
  ];
}

function toldOf(name: string, comments: readonly MadeComment[], became: Became): Figure[] {
  const taken = comments.filter((comment) => became.get(comment) === 'spam');
  return [
    { name: `${name}-precision`, value: percent(taken, ({ label }) => label === 'spam'), unit: '%' },
    {
      name: `${name}-recall`,
      value: percent(spamOf(comments), (comment) => became.get(comment) === 'spam'),
      unit: '%',
    },
    {
      name: `${name}-first-view`,
      value: percent(spamOf(comments), (comment) => isSeen(became.get(comment))),
      unit: '%',
    },
    {
      name: `${name}-good-as-spam`,
      value: goodAsSpam(comments, became),
      unit: 'comments',
    },
  ];
}
