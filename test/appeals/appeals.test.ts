import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { fileAppeal } from '../../src/appeals/file-appeal.ts';
import { cleanUp } from '../../src/clean-up.ts';
import { proveAddress } from '../commenters/prover.ts';
import { tracesOf } from '../commenters/traces.ts';
import { confirm, doJobs, takeJobs, takeMails } from '../following/followers.ts';
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
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

jest.setTimeout(60_000);

const greta = 'greta@reader.example';

let site: TestSite;
let owner: { id: number; cookie: string };
let moderator: { id: number; cookie: string };
let author: { id: number; cookie: string };
let path: string;
let id: number;
let cookie: string;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
  moderator = await site.signIn('moderator', 'Mona Moderator');
  author = await site.signIn('author', 'Anna Author');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  await site.db.deleteFrom('follower').execute();
  await site.db.deleteFrom('rate_limit').execute();
  await site.db.deleteFrom('mail').execute();
  await site.db.updateTable('account').set({ disabled_at: null }).execute();
  await takeJobs(site);
  path = `/posts/${(await addPost(site.db, { title: 'Please be kind', authorId: author.id })).slug}`;
  ({ id, cookie } = await replyTo(site, path, { email: greta, tell_decision: 'on' }));
});

const appeal = (fields: Fields = { text: 'It was meant well.' }, asker: Asker = { cookie }, comment = id) =>
  sendForm(site, `/comments/${comment}/appeal`, fields, asker);

const appealsOf = (comment = id) =>
  site.db.selectFrom('appeal').selectAll().where('comment_id', '=', comment).orderBy('id').execute();

const lastAppeal = async () => (await appealsOf()).at(-1)?.id ?? 0;

async function decide(action: string, fields: Fields = {}, asker: Asker = moderator) {
  return sendForm(site, `/moderation/appeals/${await lastAppeal()}/decisions`, { action, ...fields }, asker);
}

async function seenInPlace(asker: Asker = { cookie }): Promise<string> {
  return wordsOf(commentOn((await openPage(site, path, asker)).text, id));
}

describe('Who wrote a comment that was decided on', () => {
  it('is told in place what happened, why, and by which rule it had waited', async () => {
    await decideOn(site, owner, id, { action: 'reject', reason: 'Please stay calm.' });
    const words = await seenInPlace();
    expect(words).toContain('Not published A moderator decided not to publish this comment.');
    expect(words).toContain(
      'The reason given: Please stay calm. It had waited for a moderator because of a rule. Held: it is the first comment',
    );
    expect(words).toContain('Appeal this decision');
  });

  it('is told that no reason was given, and that no rule took part, where it is so', async () => {
    await decideOn(site, owner, id, { action: 'approve' });
    await decideOn(site, owner, id, { action: 'remove' });
    expect(await seenInPlace()).toContain('No reason was given. No automatic rule took part: a person decided.');
    expect(wordsOf((await openPage(site, '/mine', { cookie })).text)).toContain('No reason was given.');
  });

  it('is told so by mail, with a link to appeal', async () => {
    await confirm(site, greta);
    await decideOn(site, owner, id, { action: 'reject', reason: 'Please stay calm.' });
    await doJobs(site);
    const [mail] = await takeMails(site);
    expect(mail?.body).toContain('The reason given: Please stay calm.\nIt had waited');
    expect(mail?.body).toMatch(/https:\/\/blog\.example\/appeals\/[\w.-]+\n/);
  });

  it('sees the decision that holds, where another one was undone', async () => {
    await decideOn(site, owner, id, { action: 'approve' });
    await decideOn(site, owner, id, { action: 'remove', reason: 'The first reason.' });
    await decideOn(site, owner, id, { action: 'restore' });
    await sendForm(site, '/moderation/undo', { event: String((await lastEvent(site.db, 'comment', id)).id) }, owner);
    expect(await seenInPlace()).toContain('The reason given: The first reason.');
  });
});

describe('A removed comment above what stays', () => {
  it('tells readers that a moderator removed it, and the public reason', async () => {
    await decideOn(site, owner, id, { action: 'approve' });
    await replyTo(site, path, { parent: String(id) }, owner);
    await decideOn(site, owner, id, { action: 'remove', reason: 'An insult.', note: 'Know her.' });
    const { text } = await openPage(site, path);
    expect(wordsOf(commentOn(text, id))).toBe('A moderator removed this comment. The reason given: An insult.');
    expect(text).not.toContain('Know her');
  });
});

describe('An appeal', () => {
  beforeEach(() => decideOn(site, owner, id, { action: 'reject', reason: 'Please stay calm.' }));

  it('is filed by cookie, once, and says in place that it is open', async () => {
    const form = await openPage(site, `/comments/${id}/appeal`, { cookie });
    expect([form.status, fieldOn(form.text, 'text')]).toEqual([200, '']);
    expect(wordsOf(form.text)).toContain('The reason given: Please stay calm.');
    const { status, headers } = await appeal();
    expect([status, headers.location]).toEqual([303, `/comments/${id}/appeal`]);
    expect(await appealsOf()).toMatchObject([{ text: 'It was meant well.', outcome: null }]);
    const words = await seenInPlace();
    expect(words).toContain('You have appealed.');
    expect(words).not.toContain('Appeal this decision');
    const again = await openPage(site, `/comments/${id}/appeal`, { cookie });
    expect([fieldOn(again.text, 'text'), wordsOf(again.text).includes('You have appealed.')]).toEqual([
      undefined,
      true,
    ]);
  });

  it('sent twice is one, and another text comes back to be copied', async () => {
    const answers = await Promise.all([appeal(), appeal()]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    const { status, text } = await appeal({ text: 'Something <b>else</b>.' });
    expect([status, text.includes('Something &lt;b&gt;else&lt;/b&gt;.')]).toEqual([409, true]);
    expect(await appealsOf()).toHaveLength(1);
  });

  it('is one for each decision: the database refuses a second', async () => {
    await appeal();
    const [first] = await appealsOf();
    if (!first) throw new Error('No appeal was stored.');
    const { id: _id, ...again } = first;
    await expect(site.db.insertInto('appeal').values(again).execute()).rejects.toThrow('appeal_event_key');
  });

  it('needs a text of 2,000 characters at most, and a well-formed address', async () => {
    const empty = await appeal({ text: ' \n ' });
    expect([empty.status, wordsOf(empty.text)]).toEqual([422, expect.stringContaining('Please say why')]);
    const long = await appeal({ text: 'é'.repeat(2001) });
    expect([long.status, fieldOn(long.text, 'text')]).toEqual([422, 'é'.repeat(2001)]);
    expect((await appeal({ text: 'Why?', email: 'nowhere' })).status).toBe(422);
    expect(await appealsOf()).toEqual([]);
    expect((await appeal({ text: 'é'.repeat(2000) })).status).toBe(303);
  });

  it('is its writer’s alone: others know nothing of what is not shown, and have no right to what is', async () => {
    const other = await replyTo(site, path);
    for (const asker of [{}, { cookie: other.cookie }, moderator]) {
      expect((await openPage(site, `/comments/${id}/appeal`, asker)).status).toBe(404);
      expect((await appeal({ text: 'Me.' }, asker)).status).toBe(404);
    }
    await decideOn(site, owner, id, { action: 'approve' });
    expect((await appeal({ text: 'Me.' }, { cookie: other.cookie })).status).toBe(403);
  });

  it('is over where another decision was made while it was on its way', async () => {
    const { id: eventId } = await lastEvent(site.db, 'comment', id);
    await decideOn(site, owner, id, { action: 'spam' });
    const filing = { commentId: id, eventId, text: 'Late.', mail: undefined, now: site.now };
    expect(await fileAppeal(site.db, filing)).toBe('over');
    await decideOn(site, owner, id, { action: 'approve' });
    expect(await fileAppeal(site.db, filing)).toBe('over');
    expect(await appealsOf()).toEqual([]);
  });

  it('is not to be had for what stands or waits', async () => {
    await decideOn(site, owner, id, { action: 'approve' });
    const { status, text } = await appeal();
    expect([status, wordsOf(text)]).toEqual([410, expect.stringContaining('There is nothing to appeal')]);
    const waiting = await replyTo(site, path);
    expect((await appeal(undefined, { cookie: waiting.cookie }, waiting.id)).status).toBe(410);
  });

  it('can be filed from another browser that proved the same address', async () => {
    const laptop = await proveAddress(site, greta, cookie);
    const phone = await proveAddress(site, greta);
    expect(laptop).not.toBe(phone);
    expect((await appeal(undefined, { cookie: phone })).status).toBe(303);
  });

  it('against what was taken for spam is offered under “Your comments”', async () => {
    await decideOn(site, owner, id, { action: 'spam' });
    expect((await openPage(site, '/mine', { cookie })).text).toContain(`href="/comments/${id}/appeal"`);
    expect((await appeal()).status).toBe(303);
  });

  it('is told to staff, with the decision, its reason, who decided, and a count in the queue', async () => {
    await appeal({ text: 'It was <i>meant</i> well.' });
    const queue = await openPage(site, '/moderation', moderator);
    expect(wordsOf(queue.text)).toMatch(/Appeals \(\d+\)/);
    const { text } = await openPage(site, '/moderation/appeals', moderator);
    const item = text.slice(text.indexOf(`id="a${await lastAppeal()}"`));
    expect(wordsOf(item)).toMatch(/Rejected by Olivia Owner on .*Reason given: Please stay calm\./);
    expect(item).toContain('It was &lt;i&gt;meant&lt;/i&gt; well.');
  });

  it('is beyond authors of other posts, and visitors are sent to sign in', async () => {
    await appeal();
    const other = await site.signIn('author', 'Another Author');
    expect((await openPage(site, '/moderation/appeals', other)).text).not.toContain(`id="a${await lastAppeal()}"`);
    expect((await decide('overturn', {}, other)).status).toBe(404);
    expect((await openPage(site, '/moderation/appeals')).headers.location).toContain('/sign-in');
    expect((await decide('overturn', {}, {})).status).toBe(403);
    expect(await statusOf(site.db, id)).toBe('rejected');
  });
});

describe('The decision on an appeal', () => {
  beforeEach(async () => {
    await confirm(site, greta);
    await decideOn(site, owner, id, { action: 'reject', reason: 'Please stay calm.' });
    await doJobs(site);
    await takeMails(site);
    await appeal();
  });

  it('is another moderator’s, as long as there is one', async () => {
    const { text } = await openPage(site, '/moderation/appeals', owner);
    expect(wordsOf(text)).toContain('You made this decision. Another moderator has to decide on the appeal.');
    const refused = await decide('overturn', {}, owner);
    expect([refused.status, await statusOf(site.db, id)]).toEqual([403, 'rejected']);
    await site.db.updateTable('account').set({ disabled_at: site.now }).where('id', '<>', owner.id).execute();
    expect(wordsOf((await openPage(site, '/moderation/appeals', owner)).text)).toContain(
      'so you decide on the appeal, too',
    );
    expect((await decide('overturn', {}, owner)).status).toBe(303);
  });

  it('to let it stand takes a reason, which the writer is told in place and by mail', async () => {
    expect((await decide('uphold')).status).toBe(422);
    expect((await decide('uphold', { reason: 'x'.repeat(501) })).status).toBe(422);
    expect((await decide('uphold', { reason: 'It insults her.' })).headers.location).toBe('/moderation/appeals');
    expect(await appealsOf()).toMatchObject([{ outcome: 'upheld' }]);
    const words = await seenInPlace();
    expect(words).toContain('the decision stands. The reason given: It insults her.');
    await doJobs(site);
    const [mail, ...more] = await takeMails(site);
    expect(more).toEqual([]);
    expect(mail?.body).toContain('the decision stands.\nThe reason given: It insults her.');
    expect(mail?.body).not.toContain('/appeals/');
  });

  it('to take it back brings the comment back as any decision does, and is told in place and by mail', async () => {
    await decide('overturn', { reason: 'Fair enough.' });
    expect(await statusOf(site.db, id)).toBe('approved');
    expect(await lastEvent(site.db, 'comment', id)).toMatchObject({
      action: 'approve',
      rule: 'appeal',
      actor_id: moderator.id,
      reason: 'Fair enough.',
    });
    expect(await seenInPlace()).toContain('Published after your appeal');
    expect(await seenInPlace({})).not.toContain('appeal');
    expect(wordsOf((await openPage(site, '/mine', { cookie })).text)).toContain('the decision was taken back');
    await doJobs(site);
    const [mail] = await takeMails(site);
    expect(mail?.subject).toBe('Your comment on “Please be kind” is published');
    expect(mail?.body).toContain('Its writer had appealed, and a second look led to another decision.');
  });

  it('restores what was removed', async () => {
    await decideOn(site, owner, id, { action: 'approve' });
    await decideOn(site, owner, id, { action: 'remove' });
    await appeal({ text: 'Again.' });
    await decide('overturn');
    expect([await statusOf(site.db, id), (await lastEvent(site.db, 'comment', id)).action]).toEqual([
      'approved',
      'restore',
    ]);
  });

  it('is made once: who comes second is told what was done', async () => {
    const second = await site.signIn('moderator', 'Otto Other');
    const answers = await Promise.all([
      decide('uphold', { reason: 'No.' }, moderator),
      decide('overturn', { reason: 'Yes.' }, second),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(wordsOf(refused?.text ?? '')).toMatch(/Here is what was done: (Let stand|Approved).* by (Mona|Otto)/);
  });

  it('is not an author’s, where a moderator of all posts decided', async () => {
    const refused = await decide('overturn', {}, author);
    expect(refused.status).toBe(403);
    expect(wordsOf(refused.text)).toContain('it is for a moderator to change it');
  });

  it('sent twice by one person is one', async () => {
    expect((await decide('uphold', { reason: 'No.' })).status).toBe(303);
    expect((await decide('uphold', { reason: 'No.' })).status).toBe(303);
    expect((await decide('uphold', { reason: 'Never.' })).status).toBe(409);
    expect((await decide('shrug', { reason: 'No.' })).status).toBe(422);
  });

  it('is made by whoever brings the comment back in the queue', async () => {
    await decideOn(site, author, id, { action: 'approve' });
    expect(await appealsOf()).toMatchObject([{ outcome: null }]);
    await decideOn(site, owner, id, { action: 'approve' });
    expect(await appealsOf()).toMatchObject([{ outcome: 'overturned' }]);
    expect((await decide('uphold', { reason: 'No.' })).status).toBe(409);
  });

  it('can be undone: the appeal is open again, and the comment where it was', async () => {
    await decide('uphold', { reason: 'No.' });
    const upheld = (await appealsOf())[0]?.decided_event_id;
    const undo = (event: unknown, by = moderator) => sendForm(site, '/moderation/undo', { event: String(event) }, by);
    expect(wordsOf((await openPage(site, '/moderation/log', moderator)).text)).toContain(
      'Let stand after an appeal by Mona',
    );
    expect((await undo(upheld)).status).toBe(303);
    expect(await appealsOf()).toMatchObject([{ outcome: null, decided_event_id: null }]);
    expect((await undo(upheld)).status).toBe(303);
    await decide('overturn');
    expect((await undo(upheld, owner)).status).toBe(409);
    await undo((await lastEvent(site.db, 'comment', id)).id);
    expect([await statusOf(site.db, id), (await appealsOf())[0]?.outcome]).toEqual(['rejected', null]);
  });
});

describe('The undo of a decision on an appeal', () => {
  it('does nothing after the comment came back, or was decided on anew', async () => {
    await decideOn(site, owner, id, { action: 'reject', reason: 'Please stay calm.' });
    await appeal();
    await decide('uphold', { reason: 'No.' });
    const event = String((await appealsOf())[0]?.decided_event_id);
    for (const action of ['approve', 'remove']) {
      await decideOn(site, owner, id, { action });
      expect((await sendForm(site, '/moderation/undo', { event }, moderator)).status).toBe(409);
      expect(await appealsOf()).toMatchObject([{ outcome: 'upheld' }]);
    }
  });
});

describe('An appeal against a decision that is taken back', () => {
  const undo = (event: unknown, by: Asker = moderator) =>
    sendForm(site, '/moderation/undo', { event: String(event) }, by);

  beforeEach(() => decideOn(site, owner, id, { action: 'reject' }));

  it('is answered by the undo, though the comment waits again, and open again where that is undone', async () => {
    await appeal();
    await undo((await lastEvent(site.db, 'comment', id)).id, owner);
    expect([await statusOf(site.db, id), (await appealsOf())[0]?.outcome]).toEqual(['pending', 'overturned']);
    expect((await decide('uphold', { reason: 'It stands.' })).status).toBe(409);
    await undo((await lastEvent(site.db, 'comment', id)).id, owner);
    expect([await statusOf(site.db, id), (await appealsOf())[0]?.outcome]).toEqual(['rejected', null]);
  });

  it('is answered by the undo of a closing along with which the comment was rejected', async () => {
    const waiting = await replyTo(site, path);
    await sendForm(site, `${path}/closures`, { waiting: 'reject', reason: 'Enough.' }, owner);
    await appeal({ text: 'Why?' }, { cookie: waiting.cookie }, waiting.id);
    await undo((await lastEvent(site.db, 'comment', waiting.id)).id, owner);
    expect(await statusOf(site.db, waiting.id)).toBe('pending');
    expect(await appealsOf(waiting.id)).toMatchObject([{ outcome: 'overturned' }]);
  });

  it('is answered where the comment stays down by another decision, and open again where that is undone', async () => {
    await appeal();
    await decideOn(site, owner, id, { action: 'spam' });
    const marked = await lastEvent(site.db, 'comment', id);
    expect(await appealsOf()).toMatchObject([{ outcome: 'upheld', decided_event_id: marked.id }]);
    expect((await decide('overturn')).status).toBe(409);
    await appeal({ text: 'It is no advertisement.' });
    expect(await appealsOf()).toMatchObject([{ outcome: 'upheld' }, { outcome: null, event_id: marked.id }]);
    await undo(marked.id, owner);
    expect(await statusOf(site.db, id)).toBe('rejected');
    expect(await appealsOf()).toMatchObject([{ outcome: null }, { outcome: 'overturned' }]);
    await undo((await lastEvent(site.db, 'comment', id)).id, owner);
    expect(await statusOf(site.db, id)).toBe('spam');
    expect(await appealsOf()).toMatchObject([{ outcome: 'upheld' }, { outcome: null }]);
  });

  it('stays answered where the answer is undone only after the comment came back', async () => {
    await appeal();
    await decide('uphold', { reason: 'No.' });
    const upheld = (await appealsOf())[0]?.decided_event_id;
    await decideOn(site, owner, id, { action: 'approve' });
    const refused = await undo(upheld);
    expect([refused.status, (await appealsOf())[0]?.outcome]).toEqual([409, 'upheld']);
    const log = await openPage(site, `/moderation/log?by=${moderator.id}`, moderator);
    expect(log.status).toBe(200);
  });
});

describe('The link to appeal in a mail', () => {
  let link: string;

  beforeEach(async () => {
    await confirm(site, greta);
    await decideOn(site, owner, id, { action: 'reject' });
    await doJobs(site);
    const [mail] = await takeMails(site);
    link = /https:\/\/blog\.example(\/appeals\/[\w.-]+)/.exec(mail?.body ?? '')?.[1] ?? '';
  });

  it('shows a form in any browser, without the text, kept by no cache; only sending it files the appeal', async () => {
    const { status, text, headers } = await openPage(site, link);
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    expect(text).not.toContain('Thought number');
    expect(await appealsOf()).toEqual([]);
    expect((await sendForm(site, link, { text: 'From my phone.' })).headers.location).toBe(link);
    expect(await appealsOf()).toMatchObject([{ text: 'From my phone.' }]);
    expect(wordsOf((await openPage(site, link)).text)).toContain('You have appealed.');
    expect((await appeal({ text: 'Here, too.' })).status).toBe(409);
  });

  it('is refused where it was tampered with, or the decision does not stand any more', async () => {
    const other = await replyTo(site, path);
    for (const wrong of [
      link.replace(/\/appeals\/\d+/, `/appeals/${other.id}`),
      `${link}x`,
      '/appeals/1-1',
      '/appeals/x',
    ])
      expect((await openPage(site, wrong)).status).toBe(404);
    await decideOn(site, owner, id, { action: 'approve' });
    expect([(await openPage(site, link)).status, (await sendForm(site, link, { text: 'Late.' })).status]).toEqual([
      410, 410,
    ]);
    await decideOn(site, owner, id, { action: 'remove' });
    expect((await sendForm(site, link, { text: 'Late.' })).status).toBe(410);
    expect(await appealsOf()).toEqual([]);
  });
});

describe('An address that comes with an appeal', () => {
  it('is asked first whether it wants mail, and is told the outcome only then', async () => {
    const guest = await replyTo(site, path);
    await decideOn(site, owner, guest.id, { action: 'reject' });
    await appeal({ text: 'Why?', email: 'new@reader.example' }, { cookie: guest.cookie }, guest.id);
    ({ id, cookie } = guest);
    await doJobs(site);
    const [question, ...more] = await takeMails(site, 'new@reader.example');
    expect(more).toEqual([]);
    expect(question?.body).not.toContain('Why?');
    await decide('uphold', { reason: 'It is.' });
    await doJobs(site);
    expect(await takeMails(site, 'new@reader.example')).toEqual([]);
    const confirmation = /https:\/\/blog\.example(\/following\/confirm\/[\w.-]+)/.exec(question?.body ?? '')?.[1] ?? '';
    await sendForm(site, confirmation, {});
    await doJobs(site);
    const [outcome] = await takeMails(site, 'new@reader.example');
    expect(outcome?.body).toContain('the decision stands.\nThe reason given: It is.');
  });

  it('is not asked too often', async () => {
    const statuses: number[] = [];
    const guests: { id: number; cookie: string }[] = [];
    for (let count = 0; count < 6; count += 1) {
      const guest = await replyTo(site, path);
      guests.push(guest);
      await decideOn(site, owner, guest.id, { action: 'reject' });
      const { status, headers } = await appeal(
        { text: 'Why?', email: 'bombed@reader.example' },
        { cookie: guest.cookie },
        guest.id,
      );
      statuses.push(status);
      if (status === 429) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    }
    expect(statuses).toEqual([303, 303, 303, 303, 303, 429]);
    // What was filed before is answered as then.
    const first = guests[0] ?? { id, cookie };
    const again = (text: string) =>
      appeal({ text, email: 'bombed@reader.example' }, { cookie: first.cookie }, first.id);
    expect([(await again('Why?')).status, (await again('Why not?')).status]).toEqual([303, 409]);
  });
});

describe('The words of an appeal', () => {
  beforeEach(async () => {
    await decideOn(site, owner, id, { action: 'reject' });
    await appeal({ text: 'Supercalifragilistic.' });
    await decide('uphold', { reason: 'Not so supercalifragilistic.' });
  });

  it('go with the comment when its writer deletes it', async () => {
    await sendForm(site, `/comments/${id}/delete`, {}, { cookie });
    expect(await appealsOf()).toEqual([]);
  });

  it('leave no trace when the person is erased, nor does the answer', async () => {
    const proved = await proveAddress(site, greta, cookie);
    const { status } = await sendForm(site, '/mine/erasure', { email: greta }, { cookie: proved });
    expect(status).toBe(303);
    expect(await tracesOf(site.db, ['supercalifragilistic'])).toEqual([]);
    expect((await openPage(site, '/moderation/log', owner)).status).toBe(200);
  });

  it('are erased 180 days after the decision, and that there was an appeal stays', async () => {
    const days = (count: number) => new Date(site.now.getTime() + count * 86_400_000);
    await cleanUp(site.db, { now: days(179) });
    expect((await appealsOf())[0]?.text).toBe('Supercalifragilistic.');
    await cleanUp(site.db, { now: days(181) });
    expect(await appealsOf()).toMatchObject([{ text: null, outcome: 'upheld' }]);
    expect((await appeal({ text: 'Once more.' })).status).toBe(409);
  });
});
