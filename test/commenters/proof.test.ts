import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { loggedPath } from '../../src/http/request-log.ts';
import { openPage, replyTo, sendForm, wordsOf } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { askForLink, mailedPath, proveAddress, writtenOn } from './prover.ts';

let site: TestSite;
let path: string;

beforeAll(async () => {
  site = await createTestSite({ BASE_URL: 'http://blog.example' });
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  await site.db.deleteFrom('rate_limit').execute();
  path = `/posts/${(await addPost(site.db, { title: 'Whose words' })).slug}`;
});

const emails = (cookie: string) =>
  openPage(site, '/mine', { cookie }).then(({ text }) =>
    [...text.matchAll(/<bdi id="address-\d+">([^<]*)</g)].map(([, email]) => email),
  );

describe('Asking for a link', () => {
  it('mails one that works for half an hour, and keeps only its hash', async () => {
    await sendForm(site, '/mine/proofs', { email: ' Greta@Example.ORG ' });
    const link = await mailedPath(site.db, 'greta@example.org');
    expect(link).toMatch(/^\/mine\/proofs\/[\w-]{43}$/);
    const proofs = await site.db.selectFrom('proof').selectAll().where('email', '=', 'greta@example.org').execute();
    expect(proofs[0]?.token_hash).toHaveLength(32);
    expect(proofs[0]?.expires_at).toEqual(new Date(site.now.getTime() + 30 * 60_000));
    const mail = await site.db
      .selectFrom('mail')
      .selectAll()
      .where('recipient', '=', 'greta@example.org')
      .executeTakeFirstOrThrow();
    expect(mail.subject).toBe('Confirm your address for Rejoinder');
    expect(mail.body).toContain(`\nhttp://blog.example${link}\n`);
  });

  it('answers the same whether or not anything is known of the address', async () => {
    await replyTo(site, path, { email: 'known@example.org' });
    const { cookie } = await askForLink(site, 'first@example.org');
    const answers = await Promise.all(
      ['known@example.org', 'unknown@example.org'].map((email) =>
        sendForm(site, '/mine/proofs', { email }, { cookie }),
      ),
    );
    for (const { status, headers, text } of answers) {
      expect([status, headers.location, text]).toEqual([303, '/mine/proofs/sent', '']);
    }
    const { status, text } = await openPage(site, '/mine/proofs/sent', { cookie });
    expect(status).toBe(200);
    expect(wordsOf(text)).toContain('If you typed your address right, a mail is on its way.');
  });

  it('makes the browser known, and keeps the one that is', async () => {
    const { cookie } = await askForLink(site, 'cookie@example.org');
    expect(cookie).toMatch(/^visitor=\d+\./);
    const again = await sendForm(site, '/mine/proofs', { email: 'cookie@example.org' }, { cookie });
    expect(again.cookie).toBe(cookie);
  });

  it('shows the form again where what was typed is no address', async () => {
    const { status, text } = await sendForm(site, '/mine/proofs', { email: 'no address' });
    expect(status).toBe(422);
    expect(text).toContain('value="no address"');
    expect(text).toContain('href="#email"');
    expect(text).toContain('id="email-error"');
  });

  it('is refused after three times in an hour for one address, and says when to come back', async () => {
    for (let time = 0; time < 3; time += 1) await askForLink(site, 'often@example.org');
    const { status, headers, text } = await sendForm(site, '/mine/proofs', { email: 'often@example.org' });
    expect(status).toBe(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(3500);
    expect(text).toContain('value="often@example.org"');
  });

  it('is refused after twenty times out of one network', async () => {
    for (let time = 0; time < 20; time += 1) await askForLink(site, `person-${time}@example.org`);
    expect((await sendForm(site, '/mine/proofs', { email: 'person-20@example.org' })).status).toBe(429);
  });
});

describe('The mailed link', () => {
  it('shows a button as often as it is opened, names the address, and uses nothing up', async () => {
    const asked = await askForLink(site, 'scan@example.org');
    for (let time = 0; time < 3; time += 1) {
      const { status, text, headers } = await openPage(site, asked.path);
      expect(status).toBe(200);
      expect(wordsOf(text)).toContain('scan@example.org');
      expect(text).toContain(`<form method="post" action="${asked.path}">`);
      expect(text).toContain('<meta name="robots" content="noindex">');
      expect(headers['cache-control']).toBe('private, no-store');
    }
    expect(await emails(asked.cookie)).toEqual([]);
    expect((await sendForm(site, asked.path, {}, asked)).status).toBe(303);
    expect(await emails(asked.cookie)).toEqual(['scan@example.org']);
  });

  it('works once; pressed again in the same browser it leads to where it led', async () => {
    const asked = await askForLink(site, 'once@example.org');
    await sendForm(site, asked.path, {}, asked);
    const again = await sendForm(site, asked.path, {}, asked);
    expect([again.status, again.headers.location]).toEqual([303, '/mine']);
    expect((await openPage(site, asked.path, asked)).headers.location).toBe('/mine');
    const other = await sendForm(site, asked.path, {});
    expect(other.status).toBe(410);
    expect(wordsOf(other.text)).toContain('This link has been used');
    expect(other.cookie).toBe('');
    expect((await openPage(site, asked.path)).status).toBe(410);
  });

  it('proves the address once where it is pressed twice at the same time', async () => {
    const asked = await askForLink(site, 'twice@example.org');
    const answers = await Promise.all([1, 2].map(() => sendForm(site, asked.path, {})));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 410]);
    const rows = await site.db
      .selectFrom('proved_address')
      .where('email', '=', 'twice@example.org')
      .selectAll()
      .execute();
    expect(rows).toHaveLength(1);
  });

  it('is over after half an hour', async () => {
    const asked = await askForLink(site, 'late@example.org');
    site.now = new Date(site.now.getTime() + 30 * 60_000);
    expect((await openPage(site, asked.path, asked)).status).toBe(410);
    expect((await sendForm(site, asked.path, {}, asked)).status).toBe(410);
    expect(await emails(asked.cookie)).toEqual([]);
  });

  it('is not found where nobody was mailed it', async () => {
    expect((await openPage(site, `/mine/proofs/${'a'.repeat(43)}`)).status).toBe(404);
    expect((await sendForm(site, `/mine/proofs/${'a'.repeat(43)}`, {})).status).toBe(404);
  });

  it('proves the address for the browser that presses, never for the one that asked', async () => {
    const attacker = await askForLink(site, 'victim@example.org');
    const page = await openPage(site, attacker.path);
    expect(wordsOf(page.text)).toContain('The link was asked for in another browser.');
    const pressed = await sendForm(site, attacker.path, {});
    expect(pressed.cookie).toMatch(/^visitor=/);
    expect(await emails(attacker.cookie)).toEqual([]);
    expect(await emails(pressed.cookie)).toEqual(['victim@example.org']);
  });

  it('cannot be pressed by another site', async () => {
    const asked = await askForLink(site, 'cross@example.org');
    const sent = request(site.app).post(asked.path).set('Cookie', asked.cookie).set('Sec-Fetch-Site', 'cross-site');
    expect((await sent).status).toBe(403);
    expect(await emails(asked.cookie)).toEqual([]);
  });

  it('stays out of the log', async () => {
    expect(loggedPath({ originalUrl: await mailedPath(site.db, 'cross@example.org') })).toBe('/mine/proofs/…');
  });
});

describe('A proved address', () => {
  it('shows the comments of all browsers that proved it, and none where it was merely typed', async () => {
    const email = 'greta.own@example.org';
    const laptop = await replyTo(site, path, { email });
    const typed = await replyTo(site, path, { email, name: 'Someone Else' });
    const phone = await replyTo(site, path, { email });
    const other = await replyTo(site, path, { email: 'another@example.org' }, { cookie: phone.cookie });
    await proveAddress(site, email, laptop.cookie);
    expect(await writtenOn(site, laptop.cookie)).toEqual([laptop.id]);
    await proveAddress(site, email, phone.cookie);
    expect(await writtenOn(site, laptop.cookie)).toEqual([phone.id, laptop.id]);
    expect(await writtenOn(site, phone.cookie)).toEqual([other.id, phone.id, laptop.id]);
    expect(await writtenOn(site, typed.cookie)).toEqual([typed.id]);
  });

  it('can be forgotten in one browser; what was written with it stays its owner’s', async () => {
    const email = 'forget@example.org';
    const shared = await replyTo(site, path, { email });
    await proveAddress(site, email, shared.cookie);
    const forgotten = await sendForm(site, '/mine/addresses/forget', { email }, shared);
    expect([forgotten.status, forgotten.headers.location]).toEqual([303, '/mine']);
    expect(await emails(shared.cookie)).toEqual([]);
    const home = await proveAddress(site, email);
    expect(await writtenOn(site, home)).toEqual([shared.id]);
  });

  it('is taken from no other browser by forgetting it', async () => {
    const home = await proveAddress(site, 'stay@example.org');
    const other = await proveAddress(site, 'stranger@example.org');
    await sendForm(site, '/mine/addresses/forget', { email: 'stay@example.org' }, { cookie: other });
    expect(await emails(home)).toEqual(['stay@example.org']);
  });
});
