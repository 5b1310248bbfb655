import { Agent, type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { close } from '../../src/moderation/close.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { asModerator } from '../support/moderator.ts';
import { addPost } from '../support/posts.ts';
import { fromOwnPage } from '../support/site.ts';
import { killLeftovers, type SpawnedSite, spawnSite } from './spawned.ts';

jest.setTimeout(300_000);

const rounds = 100;
const replies = 200;

let database: TestDatabase;
let sites: SpawnedSite[];
const crowd = new Agent({ keepAlive: true, maxSockets: 25 });

beforeAll(async () => {
  database = await createTestDatabase();
  const environment = { DATABASE_URL: database.url, SAMPLE_CONTENT: 'none', LOG_LEVEL: 'silent' };
  const one = () => spawnSite({ ...environment, COMMENT_LIMIT: '0', TRUST_PROXY: 'loopback' });
  sites = [await one(), await one()];
});
afterAll(async () => {
  crowd.destroy();
  await Promise.all(sites.map((site) => site.end('SIGTERM')));
  killLeftovers();
  await database.drop();
});

describe(`Two hundred replies to two processes, and a closing by a third among them, ${rounds} times over`, () => {
  it('land before it and stand, or are refused: none comes after it', async () => {
    const { id: actorId } = await database.db
      .insertInto('account')
      .values({ handle: 'mona', name: 'Mona', role: 'moderator', created_at: new Date() })
      .returning('id')
      .executeTakeFirstOrThrow();
    let refused = 0;
    for (let round = 0; round < rounds; round += 1) {
      const { slug, conversationId } = await addPost(database.db, { title: `Round ${round}`, mode: 'open' });
      let answered = 0;
      // The closing comes somewhere among them, another time in each round.
      const { promise: reached, resolve: isReached } = Promise.withResolvers<void>();
      const outcomes = Array.from({ length: replies }, async (_, index) => {
        const body = `Reply ${index}`;
        const status = await send(sites[index % 2] as SpawnedSite, `/posts/${slug}/comments`, { body, network: index });
        answered += 1;
        if (answered === 10 + round) isReached();
        return { body, status };
      });
      await reached;
      const form = { reason: '', note: '', speakers: 'nobody', beginsAt: undefined, rejectWaiting: false } as const;
      const subject = { scope: 'conversation', conversationId } as const;
      const closed = await close(database.db, { subject, moderator: asModerator(actorId), now: new Date(), form });
      const atClosing = await textsOf(conversationId);
      const all = await Promise.all(outcomes);
      const taken = all.filter(({ status }) => status === 303).map(({ body }) => body);
      expect(closed.kind).toBe('closed');
      expect(all.filter(({ status }) => status !== 303 && status !== 403)).toEqual([]);
      expect(atClosing.sort()).toEqual([...taken].sort());
      expect((await textsOf(conversationId)).sort()).toEqual([...taken].sort());
      refused += replies - taken.length;
    }
    // Else nothing has raced with anything.
    expect(refused).toBeGreaterThan(rounds);
  });
});

function send(
  site: SpawnedSite,
  path: string,
  { body, network }: { body: string; network: number },
): Promise<number | undefined> {
  const { promise: status, resolve, reject } = Promise.withResolvers<number | undefined>();
  const headers = {
    ...fromOwnPage,
    'Content-Type': 'application/x-www-form-urlencoded',
    'X-Forwarded-For': `10.0.${Math.floor(network / 250)}.${network % 250}`,
  };
  const drain = (message: IncomingMessage) => message.resume().once('end', () => resolve(message.statusCode));
  const sent = request(new URL(path, site.address), { method: 'POST', agent: crowd, headers }, drain);
  sent.once('error', reject).end(new URLSearchParams({ name: 'Greta', body }).toString());
  return status;
}

async function textsOf(conversationId: number): Promise<string[]> {
  const rows = await database.db
    .selectFrom('comment')
    .select('source')
    .where('conversation_id', '=', conversationId)
    .execute();
  return rows.map(({ source }) => source);
}
