import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { threadOf } from '../content/fill.ts';
import { askOnce, type Connection, encodeRequest, openConnection } from '../load/connection.ts';
import { median } from '../load/statistics.ts';
import type { Ground, Measurement } from '../measurement.ts';
import type { MeasuredProcess } from '../processes/measured-process.ts';
import { withSite } from '../processes/site.ts';

/** Ten conversations whose first page is full, so that the site is busy while its CPU is counted, as it is under load. */
const full = Array.from({ length: 10 }, (_, index) => 200 + index);
const small = 1_000;
const large = { 'thread-10k': 10_000, 'thread-100k': 100_000 } as const;

/** Milliseconds until every process has heard of a change. */
const hearing = 4;

/** A page that is made anew, since its conversation is said to have changed. */
interface ChangingPage {
  /** Says that the conversation has changed. */
  change(): Promise<void>;
  /** Asks for the page, not compressed. @returns milliseconds. */
  ask(): Promise<number>;
  close(): Promise<void>;
}

/** What it costs to make the first page of a conversation, however much follows. */
export const rendering: Measurement = {
  names: ['thread-10k', 'thread-100k', 'render-cpu'],
  threads: [...full, small, ...Object.values(large)],
  measure: (ground) =>
    withSite(ground, async (site) => {
      const made = await pagesMade(site);
      const times = await timeThreads(ground, site);
      const share = ((await pagesMade(site)) - made) / times.pages;
      // The others came out of memory, since the news was late: a median does not mind a few.
      if (share < 0.9) throw new Error(`Only ${Math.round(share * 100)} % of the pages were made anew.`);
      const cpu = await measureCpu(ground, site);
      return {
        values: {
          'thread-10k': { value: times.of('thread-10k') / times.of('small') },
          'thread-100k': { value: times.of('thread-100k') / times.of('small') },
          'render-cpu': { value: cpu.app + cpu.postgres },
        },
        further: [
          { name: 'thread-1k-time', value: times.of('small'), unit: 'ms' },
          { name: 'thread-10k-time', value: times.of('thread-10k'), unit: 'ms' },
          { name: 'thread-100k-time', value: times.of('thread-100k'), unit: 'ms' },
          { name: 'render-cpu-app', value: cpu.app, unit: 'ms' },
          { name: 'render-cpu-postgres', value: cpu.postgres, unit: 'ms' },
        ],
      };
    }),
};

async function timeThreads(ground: Ground, site: MeasuredProcess) {
  const sizes = { small, ...large };
  const names = Object.keys(sizes) as (keyof typeof sizes)[];
  const times = new Map(names.map((name) => [name, [] as number[]]));
  const pages = await Promise.all(
    names.map(async (name) => [name, await openPage(ground, site, threadOf(sizes[name]))] as const),
  );
  const rounds = Math.ceil(ground.seconds * 60);
  const warmUp = 50;
  for (let round = 0; round < warmUp + rounds; round += 1) {
    for (const [name, page] of pages) {
      await page.change();
      await setTimeout(hearing);
      const time = await page.ask();
      if (round >= warmUp) times.get(name)?.push(time);
    }
  }
  for (const [, page] of pages) await page.close();
  return { of: (name: keyof typeof sizes) => median(times.get(name) ?? []), pages: (warmUp + rounds) * pages.length };
}

/** CPU in milliseconds per page, without what it costs to hear of a change. */
async function measureCpu(ground: Ground, site: MeasuredProcess) {
  const pages = await Promise.all(full.map((size) => openPage(ground, site, threadOf(size))));
  const turns = Math.ceil(ground.seconds * 8);
  const rounds = 8;
  const spend = async (act: (page: ChangingPage) => Promise<unknown>) => {
    const madeBefore = await pagesMade(site);
    const before = { app: (await site.usage()).cpu, postgres: await ground.postgres.cpu() };
    for (let turn = 0; turn < turns; turn += 1) {
      for (const page of pages) await page.change();
      await setTimeout(hearing);
      for (const page of pages) await act(page);
    }
    const app = ((await site.usage()).cpu - before.app) / 1_000;
    const postgres = ((await ground.postgres.cpu()) - before.postgres) / 1_000;
    return { app, postgres, made: (await pagesMade(site)) - madeBefore };
  };
  const ask = (page: ChangingPage) => page.ask();
  await spend(ask);
  const found = [];
  for (let round = 0; round < rounds; round += 1) {
    const without = await spend(async () => {});
    const withPages = await spend(ask);
    const perPage = (whole: number, rest: number) => (whole - rest) / withPages.made;
    found.push({
      app: perPage(withPages.app, without.app),
      postgres: perPage(withPages.postgres, without.postgres),
    });
  }
  for (const page of pages) await page.close();
  return { app: median(found.map(({ app }) => app)), postgres: median(found.map(({ postgres }) => postgres)) };
}

async function openPage({ postgres }: Ground, site: MeasuredProcess, path: string): Promise<ChangingPage> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const slug = path.split('/').at(-1);
  const { rows } = await client.query('select conversation_id as id from post where slug = $1', [slug]);
  const subject = `conversation ${rows[0].id}`;
  const connection: Connection = await openConnection(site.port);
  const request = encodeRequest({ path });
  return {
    async change() {
      await client.query({ name: 'tell', text: "select pg_notify('change', $1)", values: [subject] });
    },
    async ask() {
      const start = performance.now();
      const { status } = await connection.ask(request);
      if (status !== 200) throw new Error(`${path} answered ${status}.`);
      return performance.now() - start;
    },
    async close() {
      connection.close();
      await client.end();
    },
  };
}

async function pagesMade(site: MeasuredProcess): Promise<number> {
  const { body } = await askOnce(site.port, { path: '/metrics' });
  return Number(/^pages_total\{source="made"\} (\d+)/m.exec(body.toString())?.[1]);
}
