import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { deliverMail } from '../../src/mail/deliver.ts';
import { createMailer } from '../../src/mail/mailer.ts';
import { queueMail } from '../../src/mail/queue.ts';
import type { Mail } from '../../src/mail/table.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type SmtpServer, startSmtpServer } from './smtp-server.ts';

const now = new Date('2026-11-21T14:05:33Z');
const later = new Date('2026-11-21T14:06:00Z');
const letter = {
  recipient: 'reader@reader.example',
  subject: 'Your link',
  body: 'Open https://blog.example/password-reset/a=b?c=d&e=f\nGrüße',
};

let database: TestDatabase;
let smtp: SmtpServer;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

beforeEach(async () => {
  smtp = await startSmtpServer();
  folder = await mkdtemp(join(tmpdir(), 'rejoinder-mail-'));
});
afterEach(async () => {
  await smtp.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a mail that is queued', () => {
  it('is stored with the job that sends it', async () => {
    const mail = await queue(letter);
    expect(mail).toMatchObject({ ...letter, created_at: now, sent_at: null, failed_at: null });
    expect(await jobsFor(mail.id)).toBe(1);
  });

  it('is neither stored nor sent where the transaction is rolled back', async () => {
    const before = await database.db.selectFrom('mail').selectAll().execute();
    const attempt = database.db.transaction().execute(async (trx) => {
      await queueMail(trx, { ...letter, now });
      throw new Error('thought better of it');
    });
    await expect(attempt).rejects.toThrow('thought better of it');
    expect(await database.db.selectFrom('mail').selectAll().execute()).toEqual(before);
  });

  it('keeps its subject on one line, whatever was written into it', async () => {
    const mail = await queue({ ...letter, subject: 'One\r\nBcc: everyone@site.example\u0007 two' });
    expect(mail.subject).toBe('One Bcc: everyone@site.example two');
  });

  it.each([
    'a@b.example, c@d.example',
    'a@b.example\r\nBcc: c@d.example',
    '"a" <a@b.example>',
    'a b@c.example',
    'nobody',
    '',
  ])('goes to one address, and %j is none', async (recipient) => {
    await expect(queue({ ...letter, recipient })).rejects.toThrow('one address');
  });
});

describe('a mail that is delivered', () => {
  it('reaches the mail server from the site’s own host, in the site’s name, with its text', async () => {
    const mail = await queue(letter);
    await deliver(mail.id);
    expect(smtp.received).toHaveLength(1);
    const [{ from, recipients, content } = fail()] = smtp.received;
    expect([from, recipients]).toEqual(['noreply@blog.example', ['reader@reader.example']]);
    expect(content).toContain('From: Rejoinder <noreply@blog.example>\r\n');
    expect(content).toContain('To: reader@reader.example\r\n');
    expect(content).toContain('Subject: Your link\r\n');
    expect(content).toContain(`Message-ID: <${mail.message_id}@blog.example>\r\n`);
    expect(content).toContain('Auto-Submitted: auto-generated\r\n');
  });

  it('can be ended by a button of the reader’s mail program (RFC 8058), and only where that ends something', async () => {
    const unsubscribeUrl = `https://a-blog-with-a-long-name.example/following/leave/12-345.${'a'.repeat(22)}`;
    await deliver((await queue({ ...letter, unsubscribeUrl })).id);
    await deliver((await queue(letter)).id);
    const [ended = fail(), other = fail()] = smtp.received.map(({ content }) => content);
    expect(ended).toContain(`List-Unsubscribe: <${unsubscribeUrl}>\r\n`);
    expect(ended).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n');
    expect(other).not.toContain('List-Unsubscribe');
  });

  it('is marked as sent, and forgets what it said, to whom, and how to end it', async () => {
    const mail = await queue({ ...letter, unsubscribeUrl: 'https://blog.example/following/leave/12.abc' });
    expect(mail.unsubscribe_url).toBe('https://blog.example/following/leave/12.abc');
    await deliver(mail.id);
    expect(await load(mail.id)).toMatchObject({
      sent_at: later,
      recipient: null,
      subject: null,
      body: null,
      unsubscribe_url: null,
      last_error: null,
    });
  });

  it('is not sent again by a job that runs twice', async () => {
    const mail = await queue(letter);
    await deliver(mail.id);
    await deliver(mail.id);
    expect(smtp.received).toHaveLength(1);
  });

  it('carries the same Message-ID when a crash makes it leave twice', async () => {
    const mail = await queue(letter);
    const crash = { ...later, toISOString: () => 'never' } as Date;
    await expect(deliver(mail.id, { now: () => crash })).rejects.toThrow();
    await deliver(mail.id);
    const ids = smtp.received.map(({ content }) => /^Message-ID: (.*)\r$/m.exec(content)?.[1]);
    expect(ids).toEqual([`<${mail.message_id}@blog.example>`, `<${mail.message_id}@blog.example>`]);
  });

  it('comes from localhost where the site has a number instead of a name', async () => {
    const mail = await queue(letter);
    await deliver(mail.id, { siteAddress: 'http://[::1]:3000' });
    expect(smtp.received[0]?.from).toBe('noreply@localhost');
  });
});

describe('a mail that cannot be delivered', () => {
  it('notes what the server said, without repeating it in the log, and is tried again', async () => {
    smtp.answers = { RCPT: '451 reader@reader.example has a full mailbox' };
    const mail = await queue(letter);
    await expect(deliver(mail.id)).rejects.toThrow(`mail ${mail.id} could not be sent: EENVELOPE 451`);
    const row = await load(mail.id);
    expect(row.last_error).toContain('has a full mailbox');
    expect(row).toMatchObject({ ...letter, sent_at: null, failed_at: null });

    smtp.answers = {};
    await deliver(mail.id);
    expect(await load(mail.id)).toMatchObject({ sent_at: later, last_error: null });
  });

  it('is given up after the last try, and kept for the staff', async () => {
    smtp.answers = { content: '452 no room here' };
    const mail = await queue(letter);
    await expect(deliver(mail.id, { lastTry: true })).rejects.toThrow('could not be sent');
    expect(await load(mail.id)).toMatchObject({ ...letter, sent_at: null, failed_at: later });
  });

  it('is given up at once where the server will never take it', async () => {
    smtp.answers = { RCPT: '550 no such reader' };
    const mail = await queue(letter);
    await deliver(mail.id);
    expect(await load(mail.id)).toMatchObject({ sent_at: null, failed_at: later });
  });

  it('waits where the server is away', async () => {
    await smtp.close();
    const mail = await queue(letter);
    await expect(deliver(mail.id)).rejects.toThrow('ESOCKET');
    expect(await load(mail.id)).toMatchObject({ sent_at: null, failed_at: null });
    smtp = await startSmtpServer();
  });

  it('does not note whose mailbox it is, not even where what the server said is cut', async () => {
    for (const name of ['maria', 'm'.repeat(100)]) {
      smtp.answers = { RCPT: `451 ${'so '.repeat(130)}<${name}@reader.example>` };
      const mail = await queue(letter);
      await expect(deliver(mail.id)).rejects.toThrow();
      expect((await load(mail.id)).last_error).toMatch(/ <m…@reader\.example>$/);
    }
  });

  it('notes no more than 500 characters', async () => {
    smtp.answers = { DATA: `451 ${'so '.repeat(400)}` };
    const mail = await queue(letter);
    await expect(deliver(mail.id)).rejects.toThrow();
    expect((await load(mail.id)).last_error).toHaveLength(500);
  });
});

describe('without a mail server', () => {
  it('a mail is a file that only the site’s account can read, and whose links can be followed', async () => {
    const mail = await queue(letter);
    await deliver(mail.id, { mailer: createMailer({ smtpUrl: undefined, dataDir: join(folder, 'data') }) });
    const files = await readdir(join(folder, 'data', 'mail'));
    expect(files).toEqual([`20261121T140533-${mail.message_id}.eml`]);
    const file = join(folder, 'data', 'mail', files[0] ?? '');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'data', 'mail'))).mode & 0o777).toBe(0o700);
    const content = await readFile(file, 'utf8');
    expect(content).toContain('Subject: Your link\r\n');
    expect(content).toMatch(/\r\nContent-Transfer-Encoding: 8bit\r\n/);
    expect(content).toContain('Open https://blog.example/password-reset/a=b?c=d&e=f\r\nGrüße');
  });

  it('a mail that is written twice is one file', async () => {
    const mailer = createMailer({ smtpUrl: undefined, dataDir: folder });
    const message = {
      ...letter,
      from: { name: 'Site', address: 'noreply@site.example' },
      messageId: '<m@site>',
      date: now,
    };
    await mailer({ ...message, body: 'first' });
    await mailer({ ...message, body: 'second' });
    const files = await readdir(join(folder, 'mail'));
    expect(files).toHaveLength(1);
    expect(await readFile(join(folder, 'mail', files[0] ?? ''), 'utf8')).toContain('second');
  });

  it('a mail that cannot be written is tried again', async () => {
    await writeFile(join(folder, 'file'), '');
    const mailer = createMailer({ smtpUrl: undefined, dataDir: join(folder, 'file') });
    const mail = await queue(letter);
    await expect(deliver(mail.id, { mailer })).rejects.toThrow('EEXIST');
    expect(await load(mail.id)).toMatchObject({ sent_at: null, failed_at: null });
  });
});

async function queue(what: typeof letter & { unsubscribeUrl?: string }): Promise<Mail> {
  await database.db.transaction().execute((trx) => queueMail(trx, { ...what, now }));
  return database.db.selectFrom('mail').selectAll().orderBy('id', 'desc').limit(1).executeTakeFirstOrThrow();
}

function deliver(mailId: number, changed: Partial<Parameters<typeof deliverMail>[1]> = {}): Promise<void> {
  return deliverMail(database.db, {
    mailId,
    lastTry: false,
    mailer: createMailer({ smtpUrl: smtp.url, dataDir: folder }),
    siteAddress: 'https://blog.example',
    now: () => later,
    ...changed,
  });
}

function load(id: number): Promise<Mail> {
  return database.db.selectFrom('mail').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

async function jobsFor(mailId: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from graphile_worker._private_jobs
    where payload ->> 'mailId' = ${String(mailId)}`.execute(database.db);
  return rows[0]?.count ?? 0;
}

function fail(): never {
  throw new Error('Nothing was received.');
}
