import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { decideOn, replyTo, sendForm } from '../support/comments.ts';
import { untilWaiting } from '../support/held-back.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { confirm, doJob, doJobs, linkIn, takeJobs, takeMails } from './followers.ts';

const greta = 'greta@reader.example';

// Each step is a request of its own, and other work may slow them all.
jest.setTimeout(60_000);

let site: TestSite;
let owner: { id: number; cookie: string };
let path: string;
let id: number;
let cookie: string;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  await site.db.deleteFrom('follower').execute();
  await site.db.deleteFrom('rate_limit').execute();
  await site.db.deleteFrom('mail').execute();
  await takeJobs(site);
  path = `/posts/${(await addPost(site.db, { title: 'Please be kind' })).slug}`;
  ({ id, cookie } = await replyTo(site, path, { email: greta, tell_decision: 'on', body: 'A secret text.' }));
});

/** Decides, and says what mail that causes. */
async function decide(action: string, reason = '') {
  await decideOn(site, owner, id, { action, reason });
  await doJobs(site);
  return takeMails(site);
}

describe('Who wants to know what becomes of a comment', () => {
  beforeEach(() => confirm(site, greta));

  it('is told that it was approved, with the way to it', async () => {
    const [mail, ...more] = await decide('approve');
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ recipient: greta, subject: 'Your comment on “Please be kind” is published' });
    expect(mail?.body).toContain(`https://blog.example/comments/${id}\n`);
    expect(mail?.body).not.toContain('A secret text.');
    expect(mail?.unsubscribe).toBe(linkIn(mail ?? { body: '' }, 'leave'));
  });

  it('is told that it was not, and the reason, without the note', async () => {
    await decideOn(site, owner, id, { action: 'reject', reason: 'Please stay calm.', note: 'The third one today.' });
    await doJobs(site);
    const [mail] = await takeMails(site);
    expect(mail?.subject).toBe('Your comment on “Please be kind” was not published');
    expect(mail?.body).toContain('The reason given: Please stay calm.');
    expect(mail?.body).not.toContain('third one');
  });

  it('is told that it was taken down later', async () => {
    await decide('approve');
    const [mail] = await decide('remove', 'On second thought.');
    expect(mail?.subject).toBe('Your comment on “Please be kind” was taken down');
    expect(mail?.body).toContain('The reason given: On second thought.');
  });

  it('is not told that it was taken for spam', async () => {
    expect(await decide('spam')).toEqual([]);
  });

  it('is told what stands when several decide in a hurry', async () => {
    await decideOn(site, owner, id, { action: 'approve' });
    await decideOn(site, owner, id, { action: 'spam' });
    await decideOn(site, owner, id, { action: 'reject' });
    await doJobs(site);
    expect((await takeMails(site)).map(({ subject }) => subject)).toEqual([
      'Your comment on “Please be kind” was not published',
    ]);
  });

  it('is not told what is being changed at that very moment', async () => {
    await decideOn(site, owner, id, { action: 'approve' });
    const [job] = await takeJobs(site);
    if (!job) throw new Error('No job was added.');
    let telling: Promise<void> | undefined;
    await site.db.transaction().execute(async (removal) => {
      await removal.updateTable('comment').set({ status: 'removed' }).where('id', '=', id).execute();
      telling = doJob(site, job);
      await untilWaiting(site.db, 1);
    });
    await telling;
    expect((await takeMails(site)).map(({ subject }) => subject)).toEqual([
      'Your comment on “Please be kind” was taken down',
    ]);
  });

  it('is told once, though a decision is undone and made again, or its job is done twice', async () => {
    await decideOn(site, owner, id, { action: 'reject' });
    const [job] = await takeJobs(site);
    if (!job) throw new Error('No job was added.');
    await doJob(site, job);
    await Promise.all([doJob(site, job), doJob(site, job)]);
    expect(await takeMails(site)).toHaveLength(1);
    expect(await decide('restore')).toEqual([]);
    expect(await decide('reject')).toEqual([]);
  });

  it('is told that it is back, who heard that it was taken down', async () => {
    await decide('approve');
    await decide('remove');
    expect((await decide('restore')).map(({ subject }) => subject)).toEqual([
      'Your comment on “Please be kind” is published',
    ]);
  });

  it('is told nothing once the link to leave was followed', async () => {
    const [mail] = await decide('approve');
    await sendForm(site, mail?.unsubscribe ?? '', {});
    expect(await decide('remove')).toEqual([]);
  });

  it('is told nothing of what the writer does', async () => {
    await decide('approve');
    await sendForm(site, `/comments/${id}/delete`, {}, { cookie });
    await doJobs(site);
    expect(await takeMails(site)).toEqual([]);
  });
});

describe('Who has not confirmed the address yet', () => {
  it('is told on confirming what was decided before', async () => {
    await doJobs(site);
    const [question] = await takeMails(site);
    expect(await decide('reject', 'Too short.')).toEqual([]);
    await sendForm(site, linkIn(question ?? { body: '' }, 'confirm'), {});
    await doJobs(site);
    const mails = await takeMails(site);
    expect(mails.map(({ subject }) => subject)).toEqual(['Your comment on “Please be kind” was not published']);
    await sendForm(site, linkIn(question ?? { body: '' }, 'confirm'), {});
    await doJobs(site);
    expect(await takeMails(site)).toEqual([]);
  });
});

describe('Who did not ask', () => {
  it('is told nothing', async () => {
    await takeJobs(site);
    ({ id } = await replyTo(site, path, { email: 'silent@reader.example' }));
    await decideOn(site, owner, id, { action: 'approve' });
    expect(await takeJobs(site)).toEqual([]);
  });
});
