import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { killLeftovers } from '../process/spawned.ts';
import { type CrashingSite, crashes, startCrashingSite } from './crashing-site.ts';
import { type Aftermath, randomFrom, type Storm, weather } from './storm.ts';

// Two thousand submissions, and some starts of a whole site.
jest.setTimeout(600_000);

/** Another one each time; to see the same crashes again, set CRASH_SEED to the number that the test's name ends with. */
const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);

let site: CrashingSite;
beforeEach(async () => {
  site = await startCrashingSite();
});
afterEach(() => site.remove());
afterAll(killLeftovers);

describe('While the site and its database are killed', () => {
  it(`2,000 submissions that are repeated until they are acknowledged are there once each (seed ${seed})`, async () => {
    const random = randomFrom(seed);
    const moments = Array.from({ length: 4 }, () => Math.ceil(random() * 1_900)).sort((a, b) => a - b);
    // Each kind at least once, in any order.
    const kinds = [...crashes, ...moments.slice(crashes.length).map(() => crashes[Math.floor(random() * 3)] ?? 'site')];
    const order = kinds.map((what) => ({ what, at: random() })).sort((a, b) => a.at - b.at);
    const plan = moments.map((after, index) => ({ after, what: order[index]?.what ?? 'site' }));
    const aftermath = await weather(site, { submissions: 2_000, crashes: plan, keepsKey: true });
    expect(aftermath).toMatchObject({ lost: [], repeated: [], stored: 2_000, oddAnswers: [] });
    expect(aftermath.failures).toBeGreaterThan(0);
  });
});

describe('The same test sees', () => {
  it('what is lost where a commit does not wait for the disk', async () => {
    // What is not written yet when Postgres is killed is lost. It is written after 200 ms by itself; ten seconds make it
    // all but certain that there is something.
    for (const setting of ['synchronous_commit = off', "wal_writer_delay = '10s'"]) {
      await site.query(`alter system set ${setting}`);
    }
    await site.query('select pg_reload_conf()');
    const lost = await repeatUntil(({ lost }) => lost.length > 0, {
      submissions: 150,
      crashes: [{ after: 100, what: 'database' }],
      keepsKey: true,
    });
    expect(lost).toBe(true);
  });

  it('what is there twice where each try has a key of its own', async () => {
    // It takes a kill between a commit and its answer: for a moment of each submission there is one.
    const repeated = await repeatUntil(({ repeated }) => repeated.length > 0, {
      submissions: 200,
      crashes: Array.from({ length: 9 }, (_, index) => ({ after: 20 * (index + 1), what: 'site' })),
      keepsKey: false,
    });
    expect(repeated).toBe(true);
  });
});

/** Tries a storm again, ten times at most, until it did what it is to do. */
async function repeatUntil(isSeen: (aftermath: Aftermath) => boolean, storm: Storm): Promise<boolean> {
  for (let tries = 0; tries < 10; tries += 1) {
    if (isSeen(await weather(site, storm))) return true;
  }
  return false;
}
