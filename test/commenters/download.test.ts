import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { givePassword } from '../accounts/browser.ts';
import { decideOn, openPage, replyTo, sendForm } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { askForLink, copyComment, proveAddress } from './prover.ts';

let site: TestSite;
let owner: { id: number; cookie: string };
let path: string;

beforeAll(async () => {
  site = await createTestSite({ BASE_URL: 'http://blog.example' });
  owner = await site.signIn('owner', 'Olivia Owner');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  await site.db.deleteFrom('rate_limit').execute();
  path = `/posts/${(await addPost(site.db, { title: 'What is kept' })).slug}`;
});

describe('A download', () => {
  it('holds everything about the address and what was written with it', async () => {
    const email = 'keeper@example.org';
    const one = await replyTo(site, path, { name: 'Kim "Quote" \\ Keeper', email, body: 'First.\n\n“Two” </script>' });
    const cookie = await proveAddress(site, email, one.cookie);
    await sendForm(site, `/comments/${one.id}/edit`, { body: 'Edited.' }, { cookie });
    await decideOn(site, owner, one.id, { action: 'reject', reason: 'Too short.', note: 'Among ourselves.' });
    const two = await replyTo(
      site,
      path,
      { email, parent: '', body: 'From another desk.' },
      { cookie: await proveAddress(site, email) },
    );
    const typed = await replyTo(site, path, { email, body: 'Merely typed.' });
    await sendForm(site, `/comments/${one.id}/appeal`, { text: 'Too short for what?' }, { cookie });
    await decideOn(site, owner, typed.id, { action: 'approve' });
    await sendForm(site, `/comments/${typed.id}/report`, { kind: 'other', text: 'Not me.' }, { cookie });

    const { status, headers, text } = await openPage(site, '/mine/download', { cookie });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(headers['content-disposition']).toBe('attachment; filename=my-comments.json');
    expect(headers['cache-control']).toBe('private, no-store');
    const file = JSON.parse(text);
    expect(file).toMatchObject({
      site: 'http://blog.example',
      addresses: [email],
      proved_in_browsers: [{ email }, { email }],
      links_mailed: [{ email, used_at: site.now.toISOString() }, { email }],
      subscriptions: [],
      reports: [{ comment_id: typed.id, text: 'Not me.', outcome: null }],
    });
    expect(file.comments.map(({ id }: { id: number }) => id)).toEqual([two.id, one.id]);
    expect(file.comments[1]).toMatchObject({
      name: 'Kim "Quote" \\ Keeper',
      email,
      email_proved: true,
      status: 'rejected',
      source: 'Edited.',
      network_hash: expect.stringMatching(/^[\da-f]{32}$/),
      revisions: [{ source: 'First.\n\n“Two” </script>' }],
      judgements: [{ rule: 'first_comment' }, {}],
      appeals: [{ text: 'Too short for what?', outcome: null }],
      submissions: [{ created_at: site.now.toISOString() }],
      events: [{ action: 'post' }, { action: 'edit' }, { action: 'reject', reason: 'Too short.' }],
    });
    expect(text).not.toMatch(/Among ourselves|Olivia|Merely typed/);
  });

  it('tells of mail that waits about what one follows, and hands out nothing that a mail says', async () => {
    const member = await site.signIn('author');
    const email = await givePassword(site.db, member.id);
    const cookie = await proveAddress(site, email);
    const invited = 'invited@example.org';
    await proveAddress(site, invited, cookie);
    await sendForm(site, '/people/invitations', { email: invited, role: 'owner' }, owner);
    await sendForm(site, '/password-reset', { email });
    await askForLink(site, email, cookie);
    await site.db
      .insertInto('mail')
      .values({
        ...{ message_id: 'followed', recipient: email, subject: 'A reply', created_at: site.now },
        ...{ body: 'Somebody replied.', unsubscribe_url: 'http://blog.example/following/leave/1.signature' },
      })
      .execute();
    const mails = await site.db.selectFrom('mail').select('body').where('recipient', 'in', [email, invited]).execute();
    const tokens = mails.flatMap(({ body }) => body?.match(/(?<=\/)[\w-]{43}\b/g) ?? []);
    expect(tokens.length).toBeGreaterThanOrEqual(4);

    const { text } = await openPage(site, '/mine/download', { cookie });
    expect(JSON.parse(text).mails_waiting).toEqual([
      { recipient: email, created_at: site.now.toISOString(), failed_at: null },
    ]);
    for (const secret of [...tokens, 'leave/1', 'Somebody replied', '/password-reset', '/invitations', '/proofs/']) {
      expect(text).not.toContain(secret);
    }
  });

  it('is well formed however much there is, each comment once', async () => {
    const email = 'lots@example.org';
    const cookie = await proveAddress(site, email);
    const first = await replyTo(site, path, { email }, { cookie });
    const ids = [first.id, ...(await copyComment(site.db, first.id, 204))];
    const { text } = await openPage(site, '/mine/download', { cookie });
    expect(JSON.parse(text).comments.map(({ id }: { id: number }) => id)).toEqual(ids.toReversed());
  });

  it('is well formed where nothing was written', async () => {
    const { text } = await openPage(site, '/mine/download', { cookie: await proveAddress(site, 'quiet@example.org') });
    expect(JSON.parse(text)).toMatchObject({ addresses: ['quiet@example.org'], comments: [] });
  });

  it('is not there for a browser that has proved nothing', async () => {
    const { cookie } = await askForLink(site, 'impatient@example.org');
    for (const each of [cookie, '']) {
      const { status, headers } = await openPage(site, '/mine/download', { cookie: each });
      expect([status, headers.location]).toEqual([303, '/mine']);
    }
  });
});
