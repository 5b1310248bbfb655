import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Crash, CrashingSite } from './crashing-site.ts';

/** Many submissions at once, while things crash. */
export interface Storm {
  /** How many texts are sent. Each of them is sent until it was acknowledged. */
  readonly submissions: number;
  /** After so many acknowledgements something crashes, in ascending order. */
  readonly crashes: readonly { readonly after: number; readonly what: Crash }[];
  /** Whether a try has the key of the one before, as a browser's has. */
  readonly keepsKey: boolean;
}

/** What became of it. */
export interface Aftermath {
  /** Texts that were acknowledged and are not there. */
  readonly lost: string[];
  /** Texts that are there more than once. */
  readonly repeated: string[];
  /** Comments that are there. */
  readonly stored: number;
  /** Tries that were not answered by an acknowledgement. */
  readonly failures: number;
  /** Statuses that were neither an acknowledgement nor a wish to come again. */
  readonly oddAnswers: number[];
}

const clients = 16;

/** Milliseconds from what brings a crash about to the crash, at most: as long as it takes to store some replies. */
const longestCalm = 30;

/** Lets it happen to a site, and compares what was acknowledged with what the database holds. */
export async function weather(site: CrashingSite, { submissions, crashes, keepsKey }: Storm): Promise<Aftermath> {
  const name = `Storm ${randomUUID()}`;
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const acknowledged: string[] = [];
  const planned = [...crashes];
  const oddAnswers: number[] = [];
  let failures = 0;
  let crashing: Promise<void> = Promise.resolve();
  let next = 0;

  async function submit(body: string, network: string): Promise<void> {
    const key = randomUUID();
    for (;;) {
      const fields = { name, body, key: keepsKey ? key : randomUUID() };
      const status = await send(site, agent, { fields, network }).catch(() => undefined);
      if (status === 303) break;
      failures += 1;
      if (status !== undefined && status !== 503) oddAnswers.push(status);
      if (oddAnswers.length > 100) throw new Error(`The site answers with ${[...new Set(oddAnswers)]}.`);
      await pause(20);
    }
    acknowledged.push(body);
    if (acknowledged.length >= (planned[0]?.after ?? Number.POSITIVE_INFINITY)) {
      const { what } = planned.shift() as { what: Crash };
      // At any moment of what others are doing, unless the one before is not over.
      crashing = crashing.then(() => pause(Math.random() * longestCalm)).then(() => site.crash(what));
    }
  }

  // Each from a network of its own: what one network sends is stored one after the other.
  async function keepSubmitting(_: unknown, client: number): Promise<void> {
    for (;;) {
      next += 1;
      if (next > submissions) return;
      await submit(`${name}, submission ${next}`, `10.0.0.${client}`);
    }
  }

  await Promise.all(Array.from({ length: clients }, keepSubmitting));
  await crashing;
  agent.destroy();
  const rows = await site.query<{ source: string; count: number }>(
    'select source, count(*)::integer as count from comment where name = $1 group by source',
    [name],
  );
  const counts = new Map(rows.map(({ source, count }) => [source, count]));
  return {
    lost: acknowledged.filter((text) => !counts.has(text)),
    repeated: rows.filter(({ count }) => count > 1).map(({ source }) => source),
    stored: rows.reduce((sum, { count }) => sum + count, 0),
    failures,
    oddAnswers,
  };
}

/** @returns the status: 303 says that the comment is stored. @throws where no answer comes. */
async function send(
  site: CrashingSite,
  agent: Agent,
  { fields, network }: { fields: Record<string, string>; network: string },
): Promise<number> {
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded',
    'Sec-Fetch-Site': 'same-origin',
    'X-Forwarded-For': network,
  };
  const asking = request(`${site.address}/posts/how-we-talk-here/comments`, { method: 'POST', agent, headers });
  asking.end(`${new URLSearchParams(fields)}`);
  const [answer] = await once(asking, 'response');
  answer.resume();
  await once(answer, 'end');
  return answer.statusCode;
}

/** Numbers that seem random, from 0 to 1, and are the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
