import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { cleanUp } from '../../src/clean-up.ts';
import { takeReport } from '../../src/comments/take-report.ts';
import { eraseReportsBy } from '../../src/reports/erase.ts';
import { copyComment, proveAddress } from '../commenters/prover.ts';
import { tracesOf } from '../commenters/traces.ts';
import { doJobs, takeJobs, takeMails } from '../following/followers.ts';
import {
  type Asker,
  commentOn,
  decideOn,
  type Fields,
  fieldOn,
  lastEvent,
  openPage,
  replyTo,
  sendForm,
  statusOf,
  wordsOf,
} from '../support/comments.ts';
import { holdReport, untilWaiting } from '../support/held-back.ts';
import { addPost } from '../support/posts.ts';
import { setRule } from '../support/rules.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

jest.setTimeout(60_000);

let site: TestSite;
let owner: { id: number; cookie: string };
let moderator: { id: number; cookie: string };
let author: { id: number; cookie: string };
let path: string;
let id: number;
let cookie: string;
let networks = 0;

beforeAll(async () => {
  site = await createTestSite({ TRUST_PROXY: 'true' });
  owner = await site.signIn('owner', 'Olivia Owner');
  moderator = await site.signIn('moderator', 'Mona Moderator');
  author = await site.signIn('author', 'Anna Author');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  await site.db.deleteFrom('rate_limit').execute();
  await site.db.deleteFrom('mail').execute();
  await site.db.deleteFrom('report').execute();
  await setRule(site.db, 'reports', { enabled: false });
  path = `/posts/${(await addPost(site.db, { title: 'Please be kind', authorId: author.id, mode: 'open' })).slug}`;
  ({ id, cookie } = await replyTo(site, path, { name: 'Rude Rudi', email: 'rudi@reader.example' }));
  await takeJobs(site);
});

/** A network that nothing has come from yet. */
function newNetwork(): string {
  networks += 1;
  return `10.0.${Math.floor(networks / 250)}.${1 + (networks % 250)}`;
}

const report = (fields: Fields = {}, asker: Asker = {}, comment = id) =>
  sendForm(
    site,
    `/comments/${comment}/report`,
    { kind: 'abuse', text: 'That hurts.', ...fields },
    { network: newNetwork(), ...asker },
  );

const notice = {
  text: 'It denies it.',
  law: 'Penal code, 261',
  name: 'Nora',
  email: 'nora@reader.example',
  good_faith: 'on',
};

const reportIllegal = (fields: Fields = {}, asker: Asker = {}) =>
  sendForm(site, `/comments/${id}/report/illegal`, { ...notice, ...fields }, { network: newNetwork(), ...asker });

const reportsOf = (comment = id) =>
  site.db.selectFrom('report').selectAll().where('comment_id', '=', comment).orderBy('id').execute();

async function dismiss(fields: Fields = {}, asker: Asker = moderator, comment = id) {
  const through = String((await reportsOf(comment)).at(-1)?.id ?? 0);
  return sendForm(site, `/moderation/reports/${comment}/dismissals`, { through, ...fields }, asker);
}

const undoLast = async (kind: 'report' | 'comment', by: Asker = moderator) => {
  const event = await site.db
    .selectFrom('event')
    .select('id')
    .where('subject_kind', '=', kind)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  return sendForm(site, '/moderation/undo', { event: String(event.id) }, by);
};

describe('A comment', () => {
  it('has a link to report it, the same for everyone, that crawlers leave alone', async () => {
    const { text, headers } = await openPage(site, path);
    const link = new RegExp(
      `<a href="/comments/${id}/report" rel="nofollow" aria-label="Report the comment by Rude Rudi">Report</a>`,
    );
    expect(commentOn(text, id)).toMatch(link);
    expect(headers['cache-control']).toContain('public');
    expect(commentOn((await openPage(site, path, { cookie })).text, id)).not.toContain('/report"');
  });

  it('has one in a closed conversation, too', async () => {
    await sendForm(site, `${path}/closures`, {}, owner);
    expect(commentOn((await openPage(site, path)).text, id)).toContain(`/comments/${id}/report`);
  });
});

describe('A report', () => {
  it('is filed by a form without an account, and leads to a page that says it has arrived', async () => {
    const form = await openPage(site, `/comments/${id}/report`);
    expect([form.status, form.headers['cache-control']]).toEqual([200, expect.stringContaining('public')]);
    expect(form.text.match(/name="kind"/g)).toHaveLength(5);
    const { status, headers } = await report();
    expect([status, headers.location]).toEqual([303, expect.stringMatching(/^\/reports\/\d+\.[\w-]{22}$/)]);
    const state = await openPage(site, String(headers.location));
    expect([state.status, state.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(wordsOf(state.text)).toContain('It has arrived, and a moderator will look at it.');
    expect(state.text).not.toContain('That hurts.');
    expect(await reportsOf()).toMatchObject([{ kind: 'abuse', text: 'That hurts.', outcome: null, email: null }]);
    expect(await statusOf(site.db, id)).toBe('approved');
  });

  it('needs a kind, words where no kind fits, and no more than 1,000 characters; what was typed comes back', async () => {
    const without = await report({ kind: 'illegal' });
    expect([without.status, fieldOn(without.text, 'text')]).toEqual([422, 'That hurts.']);
    expect((await report({ kind: 'other', text: ' ' })).status).toBe(422);
    expect((await report({ text: 'é'.repeat(1001) })).status).toBe(422);
    expect((await report({ email: 'nowhere' })).status).toBe(422);
    expect(await reportsOf()).toEqual([]);
    expect((await report({ kind: 'spam', text: '' })).status).toBe(303);
    expect((await report({ text: 'é'.repeat(1000) })).status).toBe(303);
  });

  it('is one from each person: sent twice it is one, and another text comes back to be copied', async () => {
    const network = newNetwork();
    const answers = [await report({}, { network }), await report({}, { network })];
    expect(answers.map(({ headers }) => headers.location)).toEqual([
      answers[0]?.headers.location,
      answers[0]?.headers.location,
    ]);
    const other = await report({ text: 'And <b>that</b>.' }, { network });
    expect([other.status, other.text.includes('And &lt;b&gt;that&lt;/b&gt;.')]).toEqual([409, true]);
    const guest = await replyTo(site, path);
    await report({}, { cookie: guest.cookie });
    expect((await report({ text: 'Again.' }, { cookie: guest.cookie })).status).toBe(409);
    expect(await reportsOf()).toHaveLength(2);
  });

  it('is one though it comes several times at once', async () => {
    const network = newNetwork();
    const answers = await Promise.all([report({}, { network }), report({}, { network }), report({}, { network })]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect(await reportsOf()).toHaveLength(1);
  });

  it('is not taken of what readers do not see, of drafts, or of nothing', async () => {
    await decideOn(site, owner, id, { action: 'remove' });
    expect([(await report()).status, (await openPage(site, `/comments/${id}/report`)).status]).toEqual([404, 404]);
    expect((await report({}, {}, 2_147_483_647)).status).toBe(404);
    expect((await openPage(site, '/comments/x/report')).status).toBe(404);
  });

  it('is not taken of what was hidden while it was on its way', async () => {
    await decideOn(site, owner, id, { action: 'remove' });
    const draft = { kind: 'spam', text: '', claim: undefined, email: undefined } as const;
    const reporter = { browserId: undefined, networkHash: Buffer.from('somewhere') };
    expect(await takeReport(site.db, { commentId: id, reporter, draft, now: site.now })).toEqual({ kind: 'gone' });
    expect(await reportsOf()).toEqual([]);
  });

  it('is refused after twenty out of one network, which is told when to come back', async () => {
    const network = newNetwork();
    await copyComment(site.db, id, 20);
    const ids = await site.db.selectFrom('comment').select('id').orderBy('id', 'desc').limit(21).execute();
    const statuses: number[] = [];
    let last = await report({}, { network }, ids[20]?.id);
    for (const each of ids.slice(0, 20)) {
      statuses.push(last.status);
      last = await report({ text: 'Kept in the form.' }, { network }, each.id);
    }
    expect(new Set(statuses)).toEqual(new Set([303]));
    expect([last.status, fieldOn(last.text, 'text')]).toEqual([429, 'Kept in the form.']);
    expect(Number(last.headers['retry-after'])).toBeGreaterThan(0);
    // What was filed before is answered as then.
    const again = await report({}, { network }, ids[20]?.id);
    expect([again.status, again.headers.location]).toEqual([303, expect.stringMatching(/^\/reports\//)]);
    expect((await report({ text: 'Another text.' }, { network }, ids[20]?.id)).status).toBe(409);
  });

  it('is nobody’s to see but by its own link', async () => {
    const { headers } = await report();
    const own = String(headers.location);
    for (const wrong of [`${own}x`, own.replace(/\d+\./, '1.'), '/reports/1', '/reports/1.x'])
      expect((await openPage(site, wrong)).status).toBe(404);
    await site.db.deleteFrom('report').execute();
    expect((await openPage(site, own)).status).toBe(410);
  });
});

describe('Staff', () => {
  it('see reports by comment, with counts and texts, and how many comments wait in the queue', async () => {
    await report({ kind: 'spam', text: 'An <i>advert</i>.' });
    await report({ kind: 'spam', text: '' });
    await report();
    expect(wordsOf((await openPage(site, '/moderation', moderator)).text)).toContain('Reports (1)');
    const { text } = await openPage(site, '/moderation/reports', moderator);
    expect(wordsOf(text)).toContain('Abuse, threats or hatred: 1 · Spam or advertising: 2');
    expect(text).toContain('An &lt;i&gt;advert&lt;/i&gt;.');
    expect(text.match(/class="queue-item"/g)).toHaveLength(1);
  });

  it('see those on own posts only, where they are authors, and nobody else sees them', async () => {
    await report();
    const other = await site.signIn('author', 'Another Author');
    expect((await openPage(site, '/moderation/reports', author)).text).toContain('That hurts.');
    expect((await openPage(site, '/moderation/reports', other)).text).not.toContain('That hurts.');
    expect((await dismiss({}, other)).status).toBe(404);
    expect((await dismiss({}, {})).status).toBe(403);
    expect((await openPage(site, '/moderation/reports')).headers.location).toContain('/sign-in');
    expect(await reportsOf()).toMatchObject([{ outcome: null }]);
  });

  it('settle them by a decision on the comment, wherever they make it', async () => {
    const { headers } = await report();
    await decideOn(site, moderator, id, { action: 'remove', back: '/moderation/reports' });
    expect(await reportsOf()).toMatchObject([{ outcome: 'acted' }]);
    const state = await openPage(site, String(headers.location));
    expect(wordsOf(state.text)).toContain('It was decided: the comment was taken down.');
  });

  it('dismiss them, by events that can be undone', async () => {
    await report();
    const { headers } = await report({ kind: 'spam' });
    const done = await dismiss({ note: 'Harmless.' });
    expect([done.status, done.headers.location]).toEqual([303, '/moderation/reports']);
    expect(await reportsOf()).toMatchObject([{ outcome: 'dismissed' }, { outcome: 'dismissed' }]);
    expect(wordsOf((await openPage(site, '/moderation/reports', moderator)).text)).toContain(
      '2 reports were dismissed. Undo',
    );
    expect(wordsOf((await openPage(site, '/moderation/log', moderator)).text)).toContain(
      'Reports dismissed by Mona Moderator',
    );
    expect(wordsOf((await openPage(site, String(headers.location))).text)).toContain('the comment stays');
    expect((await undoLast('report')).status).toBe(303);
    expect(await reportsOf()).toMatchObject([{ outcome: null }, { outcome: null }]);
    expect(await statusOf(site.db, id)).toBe('approved');
  });

  it('do not undo a dismissal after the comment was taken down', async () => {
    await report();
    await dismiss();
    await decideOn(site, moderator, id, { action: 'remove' });
    const refused = await undoLast('report');
    expect([refused.status, wordsOf(refused.text)]).toEqual([
      409,
      expect.stringContaining('something else has happened to the comment since'),
    ]);
    expect(await reportsOf()).toMatchObject([{ outcome: 'dismissed' }]);
  });

  it('who come second are told what was done', async () => {
    await report();
    await dismiss();
    expect((await dismiss()).status).toBe(303);
    const second = await dismiss({}, owner);
    expect([second.status, wordsOf(second.text)]).toEqual([409, expect.stringContaining('Reports dismissed by Mona')]);
    expect((await dismiss({ through: 'x' })).status).toBe(400);
    expect((await dismiss({ through: '2147483647' }, moderator)).status).toBe(404);
    expect((await dismiss({ note: 'x'.repeat(2001) })).status).toBe(422);
  });

  it('dismiss only what they have seen', async () => {
    await report();
    const through = String((await reportsOf()).at(-1)?.id);
    await report({ text: 'Came later.' });
    await dismiss({ through });
    expect((await reportsOf()).map(({ outcome }) => outcome)).toEqual(['dismissed', null]);
  });

  it('open them again where they undo the decision that settled them', async () => {
    await report();
    await decideOn(site, moderator, id, { action: 'spam' });
    await undoLast('comment');
    expect([await statusOf(site.db, id), (await reportsOf())[0]?.outcome]).toEqual(['approved', null]);
  });
});

describe('Reports that were dismissed', () => {
  it('stay so where the dismissal is undone only after the comment was taken down', async () => {
    await report();
    await dismiss();
    await decideOn(site, owner, id, { action: 'remove' });
    expect((await undoLast('report')).status).toBe(409);
    expect(await reportsOf()).toMatchObject([{ outcome: 'dismissed' }]);
  });

  it('are not opened again by who moderates the post no more', async () => {
    await report();
    await dismiss({}, author);
    await site.db.deleteFrom('post_author').where('account_id', '=', author.id).execute();
    expect((await undoLast('report', author)).status).toBe(404);
    expect(await reportsOf()).toMatchObject([{ outcome: 'dismissed' }]);
  });
});

describe('What erases reports', () => {
  const email = 'patient@reader.example';

  it('takes them in the order in which a decision on several comments does', async () => {
    const { id: later } = await replyTo(site, path, {}, { cookie });
    // The report about the later comment is the earlier one.
    await report({ email }, {}, later);
    await report({ email });
    const first = Number((await reportsOf(later))[0]?.id);
    const held = await holdReport(site.db, first);
    const erased = site.db.transaction().execute((trx) => eraseReportsBy(trx, { email }));
    await untilWaiting(site.db, 1);
    const decided = sendForm(
      site,
      '/moderation/decisions',
      { ids: [String(id), String(later)], action: 'spam' },
      owner,
    );
    await untilWaiting(site.db, 2);
    held.release();
    const [{ status }] = await Promise.all([decided, erased]);
    expect([status, await statusOf(site.db, id), await statusOf(site.db, later)]).toEqual([303, 'spam', 'spam']);
  });
});

describe('Reports by several people', () => {
  beforeEach(() => setRule(site.db, 'reports', { enabled: true, settings: { people: 3 } }));

  it('hold no comment where the owner has not set so', async () => {
    await setRule(site.db, 'reports', { enabled: false });
    for (let count = 0; count < 5; count += 1) await report();
    expect(await statusOf(site.db, id)).toBe('approved');
  });

  it('hold it from the number that the owner has set, by a rule that explains itself', async () => {
    await report();
    await report();
    expect(await statusOf(site.db, id)).toBe('approved');
    await report();
    expect(await lastEvent(site.db, 'comment', id)).toMatchObject({
      action: 'hold',
      rule: 'reports',
      to_status: 'pending',
      numbers: { reports: 3, allowed: 3 },
    });
    const why = 'Held: 3 people reported it, and this site looks at comments again after 3 reports.';
    expect(wordsOf(commentOn((await openPage(site, path, { cookie })).text, id))).toContain(why);
    expect(wordsOf((await openPage(site, '/mine', { cookie })).text)).toContain(why);
    const queue = wordsOf((await openPage(site, '/moderation', moderator)).text);
    expect(queue).toMatch(/Held after reports by readers on .*Held: 3 people reported it/);
    expect((await openPage(site, path)).text).not.toContain(`id="c${id}"`);
  });

  it('hold it once: who sends the last one again gets the first answer', async () => {
    const network = newNetwork();
    await report();
    await report();
    const [first, again] = [await report({}, { network }), await report({}, { network })];
    expect([again.status, again.headers.location]).toEqual([303, first.headers.location]);
    expect((await report()).status).toBe(404);
    expect(await reportsOf()).toHaveLength(3);
  });

  it('hold nothing when one person sends them from several browsers in one network', async () => {
    const network = newNetwork();
    for (let count = 0; count < 4; count += 1) {
      const guest = await replyTo(site, path);
      await report({}, { network, cookie: guest.cookie });
    }
    expect([(await reportsOf()).length, await statusOf(site.db, id)]).toEqual([4, 'approved']);
  });

  it('do not count once they were dismissed: it takes as many new ones', async () => {
    for (let count = 0; count < 3; count += 1) await report();
    await decideOn(site, moderator, id, { action: 'approve' });
    expect((await reportsOf()).map(({ outcome }) => outcome)).toEqual(['dismissed', 'dismissed', 'dismissed']);
    await report();
    await report();
    expect(await statusOf(site.db, id)).toBe('approved');
    await dismiss();
    await report();
    await report();
    expect(await statusOf(site.db, id)).toBe('approved');
    await report();
    expect(await statusOf(site.db, id)).toBe('pending');
  });
});

describe('Who leaves an address with a report', () => {
  const email = 'reporter@reader.example';

  it('is told the outcome, once, in the site’s words alone, and the address is erased', async () => {
    await report({ email, text: 'Buy at evil.example!' });
    expect(await takeJobs(site)).toEqual([]);
    await decideOn(site, moderator, id, { action: 'remove', reason: 'A secret reason.' });
    const [job] = await doJobs(site);
    expect(job?.name).toBe('tell_reporter');
    const [mail, ...more] = await takeMails(site);
    expect([mail?.recipient, more]).toEqual([email, []]);
    expect(mail?.body).toContain('It was decided: the comment was taken down.');
    expect(mail?.body).not.toMatch(/evil|Rudi|Thought|secret/);
    const link = /https:\/\/blog\.example(\/reports\/[\w.-]+)/.exec(mail?.body ?? '')?.[1] ?? '';
    expect((await openPage(site, link)).status).toBe(200);
    expect((await reportsOf())[0]?.email).toBeNull();
    await undoLast('comment');
    await decideOn(site, moderator, id, { action: 'remove' });
    await doJobs(site);
    expect(await takeMails(site)).toEqual([]);
  });

  it('is told that it was dismissed, or that its writer deleted the comment', async () => {
    await report({ email });
    await dismiss();
    await doJobs(site);
    expect((await takeMails(site))[0]?.body).toContain('the comment stays');
    await report({ email });
    await sendForm(site, `/comments/${id}/delete`, {}, { cookie });
    await doJobs(site);
    expect((await takeMails(site))[0]?.body).toContain('has deleted it meanwhile');
  });

  it('cannot be bombed with it: five a day to one mailbox', async () => {
    await copyComment(site.db, id, 6);
    const ids = await site.db.selectFrom('comment').select('id').orderBy('id', 'desc').limit(6).execute();
    const answers: Awaited<ReturnType<typeof report>>[] = [];
    for (const [index, each] of ids.entries())
      answers.push(await report({ email: `bombed+${index}@reader.example` }, {}, each.id));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 303, 303, 429]);
    expect(Number(answers[5]?.headers['retry-after'])).toBeGreaterThan(3600);
  });
});

describe('A report of illegal content', () => {
  it('has a form of its own, linked from the other', async () => {
    expect((await openPage(site, `/comments/${id}/report`)).text).toContain(`/comments/${id}/report/illegal`);
    const { text } = await openPage(site, `/comments/${id}/report/illegal`);
    expect(wordsOf(text)).toContain(`Where it stands: http://localhost:3000/comments/${id}`);
  });

  it.each(['text', 'law', 'name', 'email', 'good_faith'])('is refused without its %s', async (field) => {
    expect((await reportIllegal({ [field]: '' })).status).toBe(422);
    expect(await reportsOf()).toEqual([]);
  });

  it('is refused where a field is too long or the address malformed', async () => {
    expect((await reportIllegal({ text: 'x'.repeat(2001) })).status).toBe(422);
    expect((await reportIllegal({ law: 'x'.repeat(301) })).status).toBe(422);
    expect((await reportIllegal({ name: 'x'.repeat(61) })).status).toBe(422);
    expect((await reportIllegal({ email: 'nora' })).status).toBe(422);
  });

  it('sent again with another law or name is another one, and what was typed comes back to be copied', async () => {
    const network = newNetwork();
    expect((await reportIllegal({}, { network })).status).toBe(303);
    expect((await reportIllegal({}, { network })).status).toBe(303);
    const other = await reportIllegal({ law: 'Penal code, 999' }, { network });
    expect([other.status, other.text.includes('Penal code, 999')]).toEqual([409, true]);
    expect((await reportIllegal({ name: 'Norbert' }, { network })).status).toBe(409);
    expect(await reportsOf()).toMatchObject([{ law: 'Penal code, 261', name: 'Nora' }]);
  });

  it('is told to staff as such, apart from others, with the law and who filed it', async () => {
    await reportIllegal();
    const other = await replyTo(site, path);
    await report({}, {}, other.id);
    const { text } = await openPage(site, '/moderation/reports?kind=illegal', moderator);
    expect(text.match(/class="queue-item"/g)).toHaveLength(1);
    expect(wordsOf(text)).toContain('Named law: Penal code, 261. Filed by Nora, nora@reader.example.');
  });

  it('is answered with a statement of reasons: by a page, and by a mail in the site’s words', async () => {
    const { headers } = await reportIllegal();
    await decideOn(site, moderator, id, { action: 'remove', reason: 'It does deny it.' });
    const words = wordsOf((await openPage(site, String(headers.location))).text);
    expect(words).toContain(
      'It was decided: the comment was taken down. The ground: your notice that it breaks “Penal code, 261”',
    );
    expect(words).toContain('The reason given: It does deny it. A person decided this');
    expect(words).toContain('If you think that this is wrong');
    await doJobs(site);
    const [mail] = await takeMails(site, 'nora@reader.example');
    expect(mail?.body).toMatch(/taken down\.[\s\S]*A person decided this[\s\S]*If you think that this is wrong/);
    expect(mail?.body).not.toMatch(/Penal|deny/);
  });

  it('says so where the comment stays', async () => {
    const { headers } = await reportIllegal();
    await dismiss();
    expect(wordsOf((await openPage(site, String(headers.location))).text)).toContain(
      'that it breaks “Penal code, 261” could not be seen',
    );
  });
});

describe('The words of a report', () => {
  const email = 'fleeting@reader.example';

  it('leave no trace when whoever reported is erased, by address or by browser', async () => {
    await report({ email, text: 'Hullabaloo one.' });
    await reportIllegal({ email, name: 'Hullabaloo', law: 'Hullabaloo act', text: 'Hullabaloo two.' });
    const proved = await proveAddress(site, email);
    await report({ text: 'Hullabaloo three.' }, { cookie: proved });
    expect((await sendForm(site, '/mine/erasure', { email }, { cookie: proved })).status).toBe(303);
    expect(await tracesOf(site.db, ['hullabaloo', email])).toEqual([]);
    expect(await reportsOf()).toHaveLength(3);
  });

  it('go with the comment that they are about, and so does what staff noted', async () => {
    await report({ text: 'Hullabaloo by Rudi.' });
    await dismiss({ note: 'Hullabaloo, really.' });
    const proved = await proveAddress(site, 'rudi@reader.example', cookie);
    await sendForm(site, '/mine/erasure', { email: 'rudi@reader.example' }, { cookie: proved });
    expect(await tracesOf(site.db, ['hullabaloo'])).toEqual([]);
  });

  it('are deleted 180 days after they were settled, and the network is forgotten after 30', async () => {
    const days = (count: number) => new Date(site.now.getTime() + count * 86_400_000);
    await report();
    await report();
    const first = String((await reportsOf())[0]?.id);
    await dismiss({ through: first });
    await cleanUp(site.db, { now: days(29) });
    expect((await reportsOf()).map(({ network_hash }) => network_hash !== null)).toEqual([true, true]);
    await cleanUp(site.db, { now: days(31) });
    expect((await reportsOf()).map(({ network_hash }) => network_hash)).toEqual([null, null]);
    await cleanUp(site.db, { now: days(179) });
    expect(await reportsOf()).toHaveLength(2);
    await cleanUp(site.db, { now: days(181) });
    expect(await reportsOf()).toMatchObject([{ outcome: null }]);
  });
});
