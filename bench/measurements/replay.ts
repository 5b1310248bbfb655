import { setTimeout } from 'node:timers/promises';
import { createDatabase, createPool } from '../../src/database.ts';
import { loadRules } from '../../src/rules/queries.ts';
import { formOf } from '../../src/settings/rules-form.ts';
import { owner } from '../content/fill.ts';
import { fillJudged } from '../content/judged.ts';
import { askOnce, cookiesOf, headerOf } from '../load/connection.ts';
import { median } from '../load/statistics.ts';
import type { Ground, Measurement } from '../measurement.ts';
import type { MeasuredProcess } from '../processes/measured-process.ts';
import { addDatabase } from '../processes/own-database.ts';
import { withSite } from '../processes/site.ts';

const size = 10_000;
const rounds = 3;

/** Milliseconds between two looks at how far it is. */
const pause = 50;

/** How long it takes to see what rules would have done: from sending the form to the page that tells it. */
export const replay: Measurement = {
  names: ['replay-10k'],
  threads: [],
  async measure(ground) {
    const own = await addDatabase(ground, 'replay');
    await fillJudged(own.postgres.url, size);
    return withSite(own, async (site) => {
      const headers = await signIn(site);
      const plain = await timeReplays({ site, headers, form: await formNow(own) });
      const long = await timeReplays({ site, headers, form: await formNow(own, longLists()) });
      return {
        values: { 'replay-10k': { value: long / 1_000 } },
        further: [{ name: 'replay-10k-without-lists', value: plain / 1_000, unit: 's' }],
      };
    });
  },
};

function longLists(): Readonly<Record<string, string>> {
  const numbers = Array.from({ length: 10_000 }, (_, index) => index);
  const words = numbers.map((index) => (index % 10 === 0 ? `prefix${index}*` : `word${index} of phrase${index % 100}`));
  return {
    'words.held': words.join('\n'),
    'words.spam': words.map((word) => `spam${word}`).join('\n'),
    'hosts.spam': numbers.map((index) => `host-${index * 10}.example`).join('\n'),
    'links.allowed': '1',
  };
}

async function signIn(site: MeasuredProcess): Promise<Record<string, string>> {
  const headers = { 'sec-fetch-site': 'same-origin' };
  const form = new URLSearchParams(owner).toString();
  const cookie = cookiesOf(await askOnce(site.port, { path: '/sign-in', headers, form }, 303));
  return { ...headers, cookie };
}

async function formNow({ postgres }: Ground, changes: Readonly<Record<string, string>> = {}): Promise<string> {
  const db = createDatabase(createPool(postgres.url, () => {}));
  const { order, values } = formOf(await loadRules(db));
  const { rules_token: token } = await db.selectFrom('site').select('rules_token').executeTakeFirstOrThrow();
  await db.destroy();
  return new URLSearchParams({ token, order: order.join(' '), ...values, ...changes }).toString();
}

async function timeReplays({
  site,
  headers,
  form,
}: {
  site: MeasuredProcess;
  headers: Record<string, string>;
  form: string;
}): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    const sent = await askOnce(site.port, { path: '/settings/rules/replay', headers, form }, 303);
    const path = headerOf(sent, 'location') ?? '';
    for (;;) {
      const { body } = await askOnce(site.port, { path, headers });
      if (!body.includes('<progress')) break;
      await setTimeout(pause);
    }
    times.push(performance.now() - began);
  }
  return median(times);
}
