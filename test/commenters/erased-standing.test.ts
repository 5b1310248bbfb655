import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { decideOnPerson } from '../moderation/people.ts';
import { openPage, postReply, replyTo, sendForm } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { proveAddress } from './prover.ts';
import { tracesOf } from './traces.ts';

jest.setTimeout(60_000);

let site: TestSite;
let moderator: { id: number; cookie: string };
let path: string;

beforeAll(async () => {
  site = await createTestSite();
  moderator = await site.signIn('moderator');
  path = `/posts/${(await addPost(site.db, { title: 'A talk' })).slug}`;
});
afterAll(() => site.close());

const email = 'leaving@example.org';

async function decidedAndErased(kinds: readonly string[]) {
  const { id, cookie } = await replyTo(site, path, { email });
  await proveAddress(site, email, cookie);
  for (const kind of kinds)
    await decideOnPerson(site, moderator, id, {
      kind,
      by: 'address',
      reason: 'Wrote of Zanzibar.',
      note: 'Zanzibar again.',
    });
  const download = JSON.parse((await openPage(site, '/mine/download', { cookie })).text);
  const { status } = await sendForm(site, '/mine/erasure', { email }, { cookie });
  expect(status).toBe(303);
  return { cookie, download };
}

it('Erasing an address leaves a ban until its end, without words, and known again where the address is proved', async () => {
  const { cookie, download } = await decidedAndErased(['trusted', 'held', 'banned']);
  expect(download.standings.map(({ kind }: { kind: string }) => kind)).toEqual(['trusted', 'held', 'banned']);
  expect(download.standings[2]).toMatchObject({ reason: 'Wrote of Zanzibar.', ended_at: null });
  expect(JSON.stringify(download)).not.toContain('Zanzibar again');

  expect(await tracesOf(site.db, [email, 'Zanzibar'])).toEqual([]);
  const left = await site.db.selectFrom('standing').select(['kind', 'reason', 'note', 'comment_id']).execute();
  expect(left).toEqual([{ kind: 'banned', reason: '', note: '', comment_id: null }]);
  expect((await postReply(site, path, {}, { cookie })).status).toBe(303);
  expect((await openPage(site, '/moderation/people', moderator)).text).toContain('Somebody whose comment was erased');

  await site.db.deleteFrom('rate_limit').execute();
  const again = await proveAddress(site, email);
  expect((await postReply(site, path, {}, { cookie: again })).status).toBe(403);
  site.now = new Date(site.now.getTime() + 8 * 86_400_000);
  expect((await postReply(site, path, {}, { cookie: again })).status).toBe(303);
});
