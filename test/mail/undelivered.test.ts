import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { recordFailure } from '../../src/mail/queries.ts';
import { queueMail } from '../../src/mail/queue.ts';
import { openPage, sendForm, wordsOf } from '../support/comments.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

// Each step is a request of its own, and other work may slow them all.
jest.setTimeout(60_000);

let site: TestSite;
let owner: { cookie: string };

beforeAll(async () => {
  site = await createTestSite({ SMTP_URL: 'smtp://127.0.0.1:1' });
  owner = await site.signIn('owner');
});
afterAll(() => site.close());
beforeEach(async () => {
  await site.db.deleteFrom('mail').execute();
  await sql`delete from graphile_worker._private_jobs`.execute(site.db);
});

/** A mail that failed; given up, or to be tried again. */
async function failedMail(subject: string, { givenUp }: { givenUp: boolean }): Promise<number> {
  const letter = { recipient: 'maria@reader.example', subject, body: 'A letter.', now: site.now };
  await site.db.transaction().execute((trx) => queueMail(trx, letter));
  const { id } = await site.db.selectFrom('mail').select('id').orderBy('id', 'desc').executeTakeFirstOrThrow();
  const error = '550 <maria@reader.example> is not known here';
  await recordFailure(site.db, id, { error, failedAt: givenUp ? site.now : null });
  return id;
}

async function countJobs(): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from graphile_worker._private_jobs`.execute(site.db);
  return rows[0]?.count ?? 0;
}

describe('Mail that did not arrive', () => {
  it('is listed for the owner: what was given up, and what will be tried again, with why', async () => {
    await failedMail('Choose a password', { givenUp: true });
    await failedMail('Your digest', { givenUp: false });
    const { status, text } = await openPage(site, '/settings/mail', owner);
    expect(status).toBe(200);
    const words = wordsOf(text);
    expect(words).toMatch(/Given up Choose a password To m…@reader\.example .*Will be tried again Your digest/);
    expect(words).toContain('The mail server said: 550 <m…@reader.example> is not known here');
    expect(text).not.toContain('maria');
    expect(wordsOf((await openPage(site, '/settings', owner)).text)).toContain('Mail that did not arrive (1)');
  });

  it('is not what was sent, or waits for its first try', async () => {
    const letter = { recipient: 'maria@reader.example', subject: 'On its way', body: 'A letter.', now: site.now };
    await site.db.transaction().execute((trx) => queueMail(trx, letter));
    const words = wordsOf((await openPage(site, '/settings/mail', owner)).text);
    expect(words).not.toContain('On its way');
    expect(words).toContain('Nothing: all mail was delivered.');
  });

  it('is nobody else’s to see or to deal with', async () => {
    const id = await failedMail('Private', { givenUp: true });
    for (const role of ['moderator', 'author'] as const) {
      const asker = await site.signIn(role);
      expect((await openPage(site, '/settings/mail', asker)).status).toBe(404);
      for (const action of ['retry', 'drop']) {
        expect((await sendForm(site, `/settings/mail/${id}/${action}`, {}, asker)).status).toBe(403);
      }
    }
    expect((await openPage(site, '/settings/mail')).headers.location).toContain('/sign-in');
    expect((await sendForm(site, `/settings/mail/${id}/drop`, {})).status).toBe(403);
    expect(await site.db.selectFrom('mail').select('id').execute()).toEqual([{ id }]);
  });

  it('can be tried again once, by one job', async () => {
    const id = await failedMail('Once more', { givenUp: true });
    await sql`delete from graphile_worker._private_jobs`.execute(site.db);
    const answers = [];
    for (let time = 0; time < 2; time += 1) answers.push(await sendForm(site, `/settings/mail/${id}/retry`, {}, owner));
    expect(answers.map(({ status }) => status)).toEqual([303, 404]);
    expect(await countJobs()).toBe(1);
    const mail = await site.db.selectFrom('mail').selectAll().executeTakeFirstOrThrow();
    expect(mail).toMatchObject({ id, failed_at: null, sent_at: null, subject: 'Once more' });
    const words = wordsOf((await openPage(site, '/settings/mail', owner)).text);
    expect(words).toContain('The mail is tried again now.');
    expect(words).toContain('Will be tried again Once more');
  });

  it('can be deleted, whether it was given up or will be tried again', async () => {
    for (const givenUp of [true, false]) {
      const id = await failedMail('No more', { givenUp });
      expect((await sendForm(site, `/settings/mail/${id}/drop`, {}, owner)).status).toBe(303);
    }
    expect(await site.db.selectFrom('mail').select('id').execute()).toEqual([]);
  });

  it('cannot be deleted before its first try, nor after it was sent', async () => {
    const letter = { recipient: 'maria@reader.example', subject: 'Fresh', body: 'A letter.', now: site.now };
    await site.db.transaction().execute((trx) => queueMail(trx, letter));
    const { id } = await site.db.selectFrom('mail').select('id').executeTakeFirstOrThrow();
    for (const action of ['retry', 'drop']) {
      expect((await sendForm(site, `/settings/mail/${id}/${action}`, {}, owner)).status).toBe(404);
    }
    expect((await sendForm(site, '/settings/mail/2147483648/drop', {}, owner)).status).toBe(404);
  });

  it('is listed up to a hundred, and said to be more', async () => {
    for (let number = 0; number < 101; number += 1) await failedMail(`Letter ${number}.`, { givenUp: true });
    const { text } = await openPage(site, '/settings/mail', owner);
    expect(text.match(/<h3>Letter/g)).toHaveLength(100);
    expect(wordsOf(text)).toContain('There are more');
  });
});
