import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { addSubscription, eraseSubscriptions } from '../../src/following/queries.ts';
import { proveAddress } from '../commenters/prover.ts';
import { decideOn, newText, replyTo, sendForm } from '../support/comments.ts';
import { untilWaiting } from '../support/held-back.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { confirm, doJob, doJobs, follow, linkIn, sendDueDigests, takeJobs, takeMails } from './followers.ts';

// Each step is a request of its own, and other work may slow them all.
jest.setTimeout(60_000);

let site: TestSite;
let owner: { id: number; cookie: string };
let post: { slug: string; conversationId: number };
let path: string;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 60_000);
  await site.db.deleteFrom('follower').execute();
  await site.db.deleteFrom('rate_limit').execute();
  await site.db.deleteFrom('mail').execute();
  await takeJobs(site);
  post = await addPost(site.db, { title: 'Much discussed' });
  path = `/posts/${post.slug}`;
});

const fanny = 'fanny@reader.example';

/** A comment of the staff, which is published at once. */
const say = (parent?: number, body = newText()) =>
  replyTo(site, path, { body, ...(parent !== undefined && { parent: String(parent) }) }, owner).then(({ id }) => id);

/** To whom mail goes now. */
async function told(): Promise<string[]> {
  await doJobs(site);
  return (await takeMails(site)).map(({ recipient }) => recipient);
}

describe('A comment that can be read', () => {
  it('adds no job where nobody follows', async () => {
    await say(await say());
    expect(await takeJobs(site)).toEqual([]);
  });

  it('adds no job where somebody follows something else', async () => {
    const above = await say();
    await replyTo(site, path, { email: fanny, follow: 'replies' });
    await confirm(site, fanny);
    await say(above);
    await say();
    expect(await takeJobs(site)).toEqual([]);
  });

  it('is told to who follows the conversation, wherever it stands', async () => {
    await follow(site, { conversation: post.conversationId }, { email: fanny });
    const first = await say(undefined, 'On the *top* of it, a < b & c.');
    await doJobs(site);
    const [mail] = await takeMails(site);
    expect(mail).toMatchObject({ recipient: fanny, subject: 'Olivia Owner on “Much discussed”' });
    expect(mail?.body).toContain(
      'Olivia Owner wrote on “Much discussed” (Rejoinder):\n\nOn the top of it, a < b & c.\n',
    );
    expect(mail?.body).toContain(`https://blog.example/comments/${first}\n`);
    expect(mail?.body).toContain('https://blog.example/mine');
    await say(first);
    expect(await told()).toEqual([fanny]);
    await say(await say(await say(first)));
    expect(await told()).toEqual([fanny, fanny, fanny]);
  });

  it('is told to who follows a branch, at any depth below it and not beside it', async () => {
    const root = await say();
    const below = await say(root);
    await follow(site, { comment: below }, { email: fanny });
    await say(root);
    await say();
    expect(await told()).toEqual([]);
    const deeper = await say(below);
    expect(await told()).toEqual([fanny]);
    await say(await say(deeper));
    expect(await told()).toEqual([fanny, fanny]);
  });

  it('is told to who wrote what it answers, and asked for that; not to who wrote what stands further up', async () => {
    const { id } = await replyTo(site, path, { email: fanny, follow: 'replies' });
    await confirm(site, fanny);
    await decideOn(site, owner, id, { action: 'approve' });
    const answer = await say(id);
    await doJobs(site);
    const [mail, ...more] = await takeMails(site);
    expect(more).toEqual([]);
    expect(mail?.subject).toBe('Olivia Owner replied to you on “Much discussed”');
    await say(answer);
    expect(await told()).toEqual([]);
  });

  it('is told to nobody who has not confirmed', async () => {
    await sendForm(site, '/following', { conversation: String(post.conversationId), email: fanny });
    await takeJobs(site);
    await say();
    expect(await takeJobs(site)).toEqual([]);
  });

  it('is told to those alone who are concerned, and have confirmed', async () => {
    const elsewhere = await replyTo(site, path, { email: 'greta@reader.example', follow: 'replies' });
    await confirm(site, 'greta@reader.example');
    await decideOn(site, owner, elsewhere.id, { action: 'approve' });
    await follow(site, { comment: elsewhere.id }, { email: 'gustav@reader.example' });
    await takeJobs(site);
    await follow(site, { conversation: post.conversationId }, { email: fanny });
    const fields = { conversation: String(post.conversationId), email: 'silent@reader.example' };
    await sendForm(site, '/following', fields);
    await takeJobs(site);
    await say(await say());
    expect(await told()).toEqual([fanny, fanny]);
  });

  it('is told in one mail to an address that follows in several ways, for the narrowest reason', async () => {
    const { id } = await replyTo(site, path, { email: fanny, follow: 'replies' });
    await confirm(site, fanny);
    await decideOn(site, owner, id, { action: 'approve' });
    await follow(site, { conversation: post.conversationId }, { email: fanny });
    await follow(site, { comment: id }, { email: fanny, pace: 'daily' });
    await doJobs(site);
    await takeMails(site);
    await say(id);
    await doJobs(site);
    const mails = await takeMails(site);
    expect(mails.map(({ recipient }) => recipient)).toEqual([fanny]);
    expect(mails[0]?.subject).toContain('replied to you');
    expect(await site.db.selectFrom('digest_item').selectAll().execute()).toEqual([]);
  });

  it('is not told to its writer, known by the address', async () => {
    await follow(site, { conversation: post.conversationId }, { email: fanny });
    const { id } = await replyTo(site, path, { email: 'Fanny@Reader.example ' });
    await decideOn(site, owner, id, { action: 'approve' });
    expect(await told()).toEqual([]);
  });

  it('is not told to its writer, known by the browser', async () => {
    const mine = await replyTo(site, path, { email: fanny, follow: 'conversation' });
    await confirm(site, fanny);
    await decideOn(site, owner, mine.id, { action: 'approve' });
    await takeJobs(site);
    const other = await replyTo(site, path, { name: 'Fanny without an address' }, mine);
    expect(await told()).toEqual([]);
    expect(other.id).toBeGreaterThan(mine.id);
  });

  describe('where a stranger has asked with the same address', () => {
    let stranger: { cookie: string };
    let own: { cookie: string };
    const ask = ({ cookie }: { cookie: string }) =>
      sendForm(site, '/following', { conversation: String(post.conversationId), email: fanny }, { cookie });

    /** To whom a comment is told that is written in a browser without an address. */
    async function toldOf(writer: { cookie: string }): Promise<string[]> {
      const { id } = await replyTo(site, path, { name: 'Somebody' }, writer);
      await decideOn(site, owner, id, { action: 'approve' });
      return told();
    }

    beforeEach(async () => {
      stranger = await replyTo(site, path);
      own = await replyTo(site, path);
    });

    it.each(['before', 'after'])(
      '%s the follower did, it is told, and what the follower writes is not',
      async (when) => {
        for (const each of when === 'before' ? [stranger, own] : [own, stranger]) await ask(each);
        await doJobs(site);
        const [mail] = await takeMails(site);
        await sendForm(site, linkIn(mail ?? { body: '' }, 'confirm'), {}, own);
        expect(await toldOf(stranger)).toEqual([fanny]);
        expect(await toldOf(own)).toEqual([]);
      },
    );

    it('and the follower asks again once the address is proved, it is the follower’s browser that counts', async () => {
      await ask(stranger);
      await confirm(site, fanny);
      await proveAddress(site, fanny, own.cookie);
      await takeMails(site);
      await ask(own);
      expect(await toldOf(stranger)).toEqual([fanny]);
      expect(await toldOf(own)).toEqual([]);
    });
  });

  it('is not told to its writer, known by an address that was proved in the browser', async () => {
    await follow(site, { conversation: post.conversationId }, { email: fanny });
    const cookie = await proveAddress(site, fanny);
    const { id } = await replyTo(site, path, {}, { cookie });
    await takeMails(site);
    await decideOn(site, owner, id, { action: 'approve' });
    expect(await told()).toEqual([]);
  });

  it('is not told to its writer, who works here', async () => {
    const { email } = await site.db
      .selectFrom('account')
      .select('email')
      .where('id', '=', owner.id)
      .executeTakeFirstOrThrow();
    await follow(site, { conversation: post.conversationId }, { email: email ?? '' });
    await say();
    expect(await told()).toEqual([]);
  });

  it('is told to all of a hundred and twenty followers, each once', async () => {
    const emails = Array.from({ length: 120 }, (_, index) => `reader-${String(index).padStart(3, '0')}@reader.example`);
    for (const email of emails) await followAtOnce(email);
    await say();
    expect((await told()).sort()).toEqual(emails);
  });
});

describe('A comment that waits', () => {
  beforeEach(() => follow(site, { conversation: post.conversationId }, { email: fanny }));

  it('is told when it is approved', async () => {
    const { id } = await replyTo(site, path);
    expect(await takeJobs(site)).toEqual([]);
    await decideOn(site, owner, id, { action: 'approve' });
    expect(await told()).toEqual([fanny]);
  });

  it.each(['spam', 'reject'])('is not told after the decision “%s”', async (action) => {
    const { id } = await replyTo(site, path);
    await decideOn(site, owner, id, { action });
    expect(await takeJobs(site)).toEqual([]);
  });

  it('is told once, though its approval is undone and done again', async () => {
    const { id } = await replyTo(site, path);
    await decideOn(site, owner, id, { action: 'approve' });
    expect(await told()).toEqual([fanny]);
    await decideOn(site, owner, id, { action: 'remove' });
    await decideOn(site, owner, id, { action: 'restore' });
    await decideOn(site, owner, id, { action: 'spam' });
    await decideOn(site, owner, id, { action: 'approve' });
    expect(await takeJobs(site)).toEqual([]);
  });

  it('is told to nobody while it is taken back, and once it is there again', async () => {
    const { id } = await replyTo(site, path);
    await decideOn(site, owner, id, { action: 'approve' });
    await decideOn(site, owner, id, { action: 'remove' });
    expect(await told()).toEqual([]);
    await decideOn(site, owner, id, { action: 'restore' });
    expect(await told()).toEqual([fanny]);
  });

  it('is no news to who began to follow after it was first approved', async () => {
    const { id } = await replyTo(site, `/posts/${(await addPost(site.db, { title: 'Elsewhere' })).slug}`);
    await decideOn(site, owner, id, { action: 'approve' });
    const { conversation_id } = await site.db
      .selectFrom('comment')
      .select('conversation_id')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    await follow(site, { conversation: conversation_id }, { email: fanny });
    await decideOn(site, owner, id, { action: 'remove' });
    await decideOn(site, owner, id, { action: 'restore' });
    expect(await takeJobs(site)).toEqual([]);
  });

  it('is told to nobody while its post is withdrawn', async () => {
    await say();
    await site.db
      .updateTable('post')
      .set({ deleted_at: site.now })
      .where('conversation_id', '=', post.conversationId)
      .execute();
    expect(await told()).toEqual([]);
  });
});

describe('A job that tells', () => {
  it('tells nobody twice when it is done again', async () => {
    await follow(site, { conversation: post.conversationId }, { email: fanny });
    await say();
    const [job] = await takeJobs(site);
    if (!job) throw new Error('No job was added.');
    await doJob(site, job);
    await doJob(site, job);
    await Promise.all([doJob(site, job), doJob(site, job)]);
    expect((await takeMails(site)).map(({ recipient }) => recipient)).toEqual([fanny]);
    // Nor is it news to who began to follow since.
    await followAtOnce('late@reader.example');
    await doJob(site, job);
    expect(await takeMails(site)).toEqual([]);
  });

  it('leaves out who ends it at that very moment, and tells the others', async () => {
    for (const email of [fanny, 'greta@reader.example']) await followAtOnce(email, 'daily');
    for (const email of ['gustav@reader.example', 'hilda@reader.example']) await followAtOnce(email);
    await say();
    const [job] = await takeJobs(site);
    if (!job) throw new Error('No job was added.');
    let telling: Promise<void> | undefined;
    await site.db.transaction().execute(async (leaving) => {
      for (const email of [fanny, 'gustav@reader.example']) await eraseSubscriptions(leaving, { email });
      telling = doJob(site, job);
      await untilWaiting(site.db, 1);
    });
    await telling;
    expect((await takeMails(site)).map(({ recipient }) => recipient)).toEqual(['hilda@reader.example']);
    expect(await site.db.selectFrom('digest_item').selectAll().execute()).toHaveLength(1);
  });

  it('goes on behind whom it told last when it was cut off', async () => {
    const emails = Array.from({ length: 70 }, (_, index) => `reader-${String(index).padStart(3, '0')}@reader.example`);
    for (const email of emails) await followAtOnce(email);
    await say();
    const [job] = await takeJobs(site);
    if (!job) throw new Error('No job was added.');
    // The sixtieth mail cannot be written: what the second batch did is undone, the first stays.
    await spoilMail('reader-060@reader.example');
    await expect(doJob(site, job)).rejects.toThrow('spoilt');
    expect(await site.db.selectFrom('mail').select('id').execute()).toHaveLength(50);
    await unspoilMail();
    await doJob(site, job);
    expect((await takeMails(site)).map(({ recipient }) => recipient).sort()).toEqual(emails);
  });
});

describe('Very many followers', () => {
  it.each(['at_once', 'daily'] as const)('are told by several jobs, one after the other (%s)', async (pace) => {
    await sql`
      with added as (
        insert into follower (email) select 'many-' || n || '@reader.example' from generate_series(1, 1010) n returning id
      )
      insert into subscription (follower_id, scope, conversation_id, pace, created_at, confirmed_at)
      select id, 'conversation', ${post.conversationId}, ${pace}, now(), now() from added`.execute(site.db);
    await say();
    expect((await doJobs(site)).map(({ name }) => name)).toEqual(['tell_followers']);
    expect((await doJobs(site)).map(({ name }) => name)).toEqual(['tell_followers']);
    expect(await doJobs(site)).toEqual([]);
    if (pace === 'daily') {
      site.now = new Date(site.now.getTime() + 86_400_000);
      await sendDueDigests(site);
      expect((await doJobs(site)).map(({ name }) => name)).toEqual(['send_digests']);
      expect((await doJobs(site)).map(({ name }) => name)).toEqual(['send_digests']);
      expect(await doJobs(site)).toEqual([]);
    }
    expect(new Set((await takeMails(site)).map(({ recipient }) => recipient)).size).toBe(1010);
  });
});

/** Follows as if it had been confirmed: a browser that has proved the address. */
async function followAtOnce(email: string, pace: 'at_once' | 'daily' = 'at_once'): Promise<void> {
  await site.db.transaction().execute((trx) =>
    addSubscription(trx, {
      ...{ email, scope: 'conversation', conversationId: post.conversationId, commentId: null, pace },
      ...{ browserId: undefined, proved: true, now: site.now },
    }),
  );
}

async function spoilMail(recipient: string): Promise<void> {
  await sql`create function spoil() returns trigger language plpgsql as $$ begin
    if new.recipient = ${sql.lit(recipient)} then raise exception 'spoilt'; end if; return new; end $$`.execute(
    site.db,
  );
  await sql`create trigger spoils before insert on mail for each row execute function spoil()`.execute(site.db);
}

async function unspoilMail(): Promise<void> {
  await sql`drop trigger spoils on mail`.execute(site.db);
}
