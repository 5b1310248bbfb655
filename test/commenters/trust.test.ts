import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decideOn, openPage, postReply, replyTo, statusOf, wordsOf } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { askForLink, proveAddress } from './prover.ts';

let site: TestSite;
let owner: { id: number; cookie: string };
let path: string;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  await site.db.deleteFrom('rate_limit').execute();
  path = `/posts/${(await addPost(site.db, { title: 'Who is known here' })).slug}`;
});

/** A comment with an address that was approved; the browser has proved the address where it says so. */
async function approvedComment(email: string, proved: boolean): Promise<{ id: number; cookie: string }> {
  const comment = await replyTo(site, path, { email });
  await decideOn(site, owner, comment.id, { action: 'approve' });
  if (proved) await proveAddress(site, email, comment.cookie);
  return comment;
}

const isProved = async (id: number) =>
  (await site.db.selectFrom('comment').select('email_proved').where('id', '=', id).executeTakeFirstOrThrow())
    .email_proved;

describe('An address that was proved in two browsers', () => {
  it('carries the approvals of the one over to the other, and the form says so', async () => {
    await approvedComment('known@example.org', true);
    const phone = await proveAddress(site, 'known@example.org');
    const { text } = await openPage(site, path, { cookie: phone });
    expect(wordsOf(text)).toContain('Post reply');
    const { id } = await replyTo(site, path, { email: 'known@example.org' }, { cookie: phone });
    expect(await statusOf(site.db, id)).toBe('approved');
  });

  it('carries nothing over that was written with an address which was merely typed', async () => {
    await approvedComment('typed@example.org', false);
    const phone = await proveAddress(site, 'typed@example.org');
    const { text } = await openPage(site, path, { cookie: phone });
    expect(wordsOf(text)).toContain('Send for approval');
    const { id } = await replyTo(site, path, { email: 'typed@example.org' }, { cookie: phone });
    expect(await statusOf(site.db, id)).toBe('pending');
  });

  it('carries nothing over to a browser that merely asked for a link', async () => {
    await approvedComment('asked@example.org', true);
    const { cookie } = await askForLink(site, 'asked@example.org');
    const { id } = await replyTo(site, path, { email: 'asked@example.org' }, { cookie });
    expect(await statusOf(site.db, id)).toBe('pending');
  });

  it('lends nobody what one browser earned with another address', async () => {
    // A stranger had this browser confirm the stranger's address: its own comments stay its own.
    const victim = await approvedComment('victim@example.org', true);
    await proveAddress(site, 'stranger@example.org', victim.cookie);
    const stranger = await proveAddress(site, 'stranger@example.org');
    const { id } = await replyTo(site, path, { email: 'stranger@example.org' }, { cookie: stranger });
    expect(await statusOf(site.db, id)).toBe('pending');
  });
});

describe('A comment with a confirmed address', () => {
  it('is one whose address its browser had proved before, or proves later', async () => {
    const email = 'mark@example.org';
    const { id, cookie } = await replyTo(site, path, { email });
    expect(await isProved(id)).toBe(false);
    await proveAddress(site, email, cookie);
    expect(await isProved(id)).toBe(true);
    const later = await replyTo(site, path, { email: ' Mark@Example.ORG' }, { cookie });
    expect(await isProved(later.id)).toBe(true);
  });

  it('is none with another address, with none, or from another browser', async () => {
    const email = 'careful@example.org';
    const cookie = await proveAddress(site, email);
    const others = [
      await replyTo(site, path, { email: 'other@example.org' }, { cookie }),
      await replyTo(site, path, { email: '' }, { cookie }),
      await replyTo(site, path, { email }),
    ];
    await proveAddress(site, email, cookie);
    expect(await Promise.all(others.map(({ id }) => isProved(id)))).toEqual([false, false, false]);
  });

  it('gives nobody the rights or the name of the staff', async () => {
    const account = await site.db
      .selectFrom('account')
      .select('email')
      .where('id', '=', owner.id)
      .executeTakeFirstOrThrow();
    const cookie = await proveAddress(site, account.email ?? '');
    for (const page of ['/moderation', '/settings', '/account', '/write']) {
      expect((await openPage(site, page, { cookie })).headers.location).toMatch(/^\/sign-in/);
    }
    const named = await postReply(site, path, { name: 'Olivia Owner', email: account.email ?? '' }, { cookie });
    expect(named.status).toBe(422);
    const { id } = await replyTo(site, path, { email: account.email ?? '' }, { cookie });
    expect(await statusOf(site.db, id)).toBe('pending');
    expect((await decideOn(site, { cookie }, id, { action: 'approve' })).status).toBe(403);
  });
});
