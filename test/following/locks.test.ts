import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Transaction } from 'kysely';
import { changeStatus, lockWithAncestors } from '../../src/comments/transition.ts';
import type { Database } from '../../src/database.ts';
import { askConfirmation, confirmFollowing } from '../../src/following/confirm.ts';
import { addSubscription, deleteUnconfirmed } from '../../src/following/queries.ts';
import { replyTo } from '../support/comments.ts';
import { untilWaiting } from '../support/held-back.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { countFollowing, followingContext } from './followers.ts';

// Each step is a request of its own, and other work may slow them all.
jest.setTimeout(60_000);

let site: TestSite;
let post: { slug: string; conversationId: number };

beforeAll(async () => {
  site = await createTestSite();
});
afterAll(() => site.close());
beforeEach(async () => {
  await site.db.deleteFrom('follower').execute();
  post = await addPost(site.db, { title: 'In good order' });
});

/** Has an address follow the conversation, or the replies to a comment; it has not confirmed. */
function subscribe(email: string, commentId?: number): Promise<{ id: number }> {
  const scope = commentId === undefined ? ('conversation' as const) : ('replies' as const);
  return site.db.transaction().execute((trx) =>
    addSubscription(trx, {
      ...{ email, scope, conversationId: post.conversationId, commentId: commentId ?? null, pace: 'at_once' },
      ...{ browserId: undefined, proved: false, now: site.now },
    }),
  );
}

async function lockFollower(trx: Transaction<Database>, email: string): Promise<void> {
  await trx.selectFrom('follower').select('id').where('email', '=', email).forUpdate().execute();
}

describe('Whoever changes what is followed', () => {
  const laterBy = (days: number) => new Date(site.now.getTime() + days * 86_400_000);

  it.each([
    ['cleans up', async () => deleteUnconfirmed(site.db, { before: laterBy(1) })],
    [
      'asks for a confirmation',
      async (id: number) => askConfirmation(await followingContext(site), { subscriptionIds: [id] }),
    ],
    [
      'confirms',
      async (id: number) => {
        const yes = { ids: [id], browserId: undefined, now: site.now };
        await site.db.transaction().execute((trx) => confirmFollowing(trx, yes));
      },
    ],
  ])('takes the follower first: who %s, and who leaves meanwhile, wait for each other once', async (_what, change) => {
    const { id } = await subscribe('fanny@reader.example');
    let changing: Promise<void> | undefined;
    await site.db.transaction().execute(async (leaving) => {
      await lockFollower(leaving, 'fanny@reader.example');
      changing = change(id);
      await untilWaiting(site.db, 1);
      await leaving.deleteFrom('subscription').execute();
      await leaving.deleteFrom('follower').execute();
    });
    await changing;
    expect(await countFollowing(site)).toEqual({ subscriptions: 0, followers: 0 });
  });

  it('takes several followers in their order, whatever comments they follow', async () => {
    const first = await replyTo(site, `/posts/${post.slug}`);
    const second = await replyTo(site, `/posts/${post.slug}`);
    await subscribe('early@reader.example', second.id);
    await subscribe('late@reader.example', first.id);
    let erasing: Promise<unknown> | undefined;
    await site.db.transaction().execute(async (other) => {
      await lockFollower(other, 'early@reader.example');
      erasing = site.db.transaction().execute(async (trx) => {
        const locked = await lockWithAncestors(trx, [first.id, second.id]);
        await changeStatus(trx, locked.values(), { action: 'delete', actorId: undefined, now: site.now });
      });
      await untilWaiting(site.db, 1);
      await lockFollower(other, 'late@reader.example');
    });
    await erasing;
    expect(await countFollowing(site)).toEqual({ subscriptions: 0, followers: 0 });
  });
});
