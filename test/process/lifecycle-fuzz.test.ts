import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { addPost } from '../support/posts.ts';
import { setRule } from '../support/rules.ts';
import { signInTo } from '../support/site.ts';
import { pick, randomFrom } from '../support/threads.ts';
import { type Act, type FuzzWorld, guests, type Player, post, staff } from './fuzz-actions.ts';
import { hangUp, openFuzzClient, type Trouble } from './fuzz-client.ts';
import { digestEvents, findBroken } from './fuzz-invariants.ts';
import { killLeftovers, type SpawnedSite, spawnSite } from './spawned.ts';

jest.setTimeout(120_000);

/** Milliseconds in which rounds begin, and what each client does in one of them. */
const [duration, actionsOfRound] = [20_000, 12];

/** The same seed makes all do the same, though not at the same moments; `FUZZ_SEED` has it done again. */
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);

let database: TestDatabase;
let sites: SpawnedSite[];

beforeAll(async () => {
  database = await createTestDatabase();
  const environment = { DATABASE_URL: database.url, SAMPLE_CONTENT: 'none', LOG_LEVEL: 'error' };
  const one = () => spawnSite({ ...environment, COMMENT_LIMIT: '0', TRUST_PROXY: 'loopback' });
  sites = [await one(), await one()];
});
afterAll(async () => {
  hangUp();
  await Promise.all(sites.map((site) => site.end('SIGTERM')));
  killLeftovers();
  await database.drop();
});

describe(`Guests, an author, moderators and the owner at once before two processes, with seed ${seed}`, () => {
  it('leave every comment where its events say, counted and shown as it is, and nothing lost, doubled or failed', async () => {
    const { db } = database;
    await db.updateTable('site').set({ edit_minutes: 60 }).execute();
    await setRule(db, 'reports', { enabled: true, settings: { people: 2 } });
    const trouble: Trouble = [];
    const { world, crowd } = await assemble(trouble);
    let before = await digestEvents(db, { upTo: undefined });
    const end = performance.now() + duration;
    for (let round = 1; performance.now() < end; round += 1) {
      await Promise.all(crowd.map(({ player, acts }) => act(world, { player, acts })));
      const found = { seed, round, trouble, said: sites.map(errorsOf), broken: await findBroken(db) };
      expect(found).toEqual({ seed, round, trouble: [], said: ['', ''], broken: {} });
      expect({ seed, round, ...(await digestEvents(db, { upTo: before.last })) }).toEqual({ seed, round, ...before });
      before = await digestEvents(db, { upTo: undefined });
      const [stored, acknowledged] = [await textsStored(), textsAcknowledged(world, crowd)];
      expect({ seed, round, texts: stored }).toEqual({ seed, round, texts: acknowledged });
    }
    // Else little has been tried.
    const done = await actionsDone();
    expect({ seed, untried: wanted.filter((action) => !done.includes(action)) }).toEqual({ seed, untried: [] });
  });
});

const wanted = [
  ...['approve', 'reject', 'spam', 'remove', 'restore', 'hold', 'delete', 'undo', 'edit'],
  ...['close', 'reopen', 'pin', 'unpin', 'appeal', 'uphold', 'dismiss', 'set_mode'],
];

interface Member {
  readonly player: Player;
  readonly acts: readonly Act[];
}

async function assemble(trouble: Trouble): Promise<{ world: FuzzWorld; crowd: Member[] }> {
  const { db } = database;
  const author = await signInTo(db, 'author');
  const signedIn = [
    author,
    await signInTo(db, 'owner'),
    await signInTo(db, 'moderator'),
    await signInTo(db, 'moderator'),
  ];
  const posts = [
    await addPost(db, { title: 'An open talk', mode: 'open', authorId: author.id }),
    await addPost(db, { title: 'A talk among friends', mode: 'first_held' }),
    await addPost(db, { title: 'A careful talk', mode: 'all_held' }),
  ];
  const world: FuzzWorld = { db, slugs: posts.map(({ slug }) => slug), said: new Map(), answered: [] };
  const addresses = sites.map(({ address }) => address);
  const crowd = Array.from({ length: 11 }, (_, index): Member => {
    const random = randomFrom(seed * 100 + index);
    const cookie = signedIn[index]?.cookie;
    const client = openFuzzClient({ addresses, cookie, random, trouble });
    return { player: { ...client, random }, acts: cookie === undefined ? guests : staff };
  });
  // Something to begin with.
  for (const { player } of crowd) await post(world, player);
  return { world, crowd };
}

async function act(world: FuzzWorld, { player, acts }: Member): Promise<void> {
  for (let done = 0; done < actionsOfRound; done += 1) await pick(player.random, acts)(world, player);
}

// Of what a process prints, all that is no greeting.
function errorsOf({ output }: SpawnedSite): string {
  return output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .join('\n');
}

async function textsStored(): Promise<string[]> {
  const rows = await database.db.selectFrom('comment').select('source').execute();
  return rows.map(({ source }) => source).sort();
}

function textsAcknowledged({ answered }: FuzzWorld, crowd: readonly Member[]): string[] {
  return [...crowd.flatMap(({ player }) => [...player.texts.values()]), ...answered].sort();
}

async function actionsDone(): Promise<string[]> {
  const rows = await database.db.selectFrom('event').select('action').distinct().execute();
  return rows.map(({ action }) => action);
}
