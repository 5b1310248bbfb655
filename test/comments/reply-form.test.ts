import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  countComments,
  decideOn,
  type Fields,
  fieldOn,
  openPage,
  postReply,
  replyTo,
  wordsOf,
} from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

jest.setTimeout(30_000);

let site: TestSite;
let path: string;
let owner: { id: number; cookie: string };

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
  const post = await addPost(site.db, { title: 'Open to all', mode: 'open' });
  path = `/posts/${post.slug}`;
});
afterAll(() => site.close());
// So that what a test before has sent does not look like a flood.
beforeEach(() => {
  site.now = new Date(site.now.getTime() + 900_000);
});

describe('The form for a reply', () => {
  it('stands under the post, says what is needed, and names every field', async () => {
    const { text } = await openPage(site, path);
    const form = /<form class="reply-form"[\s\S]*?<\/form>/.exec(text)?.[0] ?? '';
    for (const name of ['body', 'name', 'email', 'website', 'remember']) {
      expect(form).toMatch(new RegExp(`<label for="${name}"`));
      expect(form).toMatch(new RegExp(`<(?:input|textarea)[^>]* id="${name}"`));
    }
    for (const name of ['body', 'name', 'email', 'website']) {
      expect(form).toMatch(new RegExp(`id="${name}"[^>]* aria-describedby="${name}-hint"`));
      expect(form).toContain(`id="${name}-hint"`);
    }
    expect(form).toMatch(/id="body"[^>]* required/);
    expect(form).toMatch(/id="name"[^>]* required/);
    expect(form).not.toMatch(/id="email"[^>]* required/);
    expect(form).not.toContain('aria-invalid');
    expect([fieldOn(form, 'key'), fieldOn(form, 'parent')]).toEqual(['', '']);
  });

  it('to a comment stands on a page of its own, under that comment', async () => {
    const { id } = await replyTo(site, path, { name: 'Petra', body: 'What do you mean by *that*?' });
    const { status, text } = await openPage(site, `/comments/${id}/reply`);
    expect(status).toBe(200);
    expect(text).toContain('<h1>Reply to Petra</h1>');
    expect(text).toContain('<p>What do you mean by <em>that</em>?</p>');
    expect(fieldOn(text, 'parent')).toBe(String(id));
    expect(text).toContain(`action="${path}/comments"`);
  });

  it('to a comment asks signed-in staff for the text alone', async () => {
    const { id } = await replyTo(site, path);
    const { text } = await openPage(site, `/comments/${id}/reply`, owner);
    expect(wordsOf(text)).toContain('You reply as Olivia Owner.');
    expect([fieldOn(text, 'name'), fieldOn(text, 'email')]).toEqual([undefined, undefined]);
  });

  it.each([
    ['first_held', 'Send for approval'],
    ['all_held', 'Send for approval'],
    ['open', 'Post reply'],
  ] as const)('says on its button what will happen where comments are %s: %s', async (mode, label) => {
    const { slug } = await addPost(site.db, { title: 'A post', mode });
    expect((await openPage(site, `/posts/${slug}`)).text).toContain(`<button>${label}</button>`);
    expect((await openPage(site, `/posts/${slug}`, owner)).text).toContain('<button>Post reply</button>');
  });

  it('promises publication to whom the site knows', async () => {
    const { cookie } = await replyTo(site, path);
    const { slug } = await addPost(site.db, { title: 'A post', mode: 'first_held' });
    expect((await openPage(site, `/posts/${slug}`, { cookie })).text).toContain('<button>Post reply</button>');
  });
});

describe('A reply with a mistake in it', () => {
  const right = {
    name: 'Greta Guest',
    email: 'greta@guests.example',
    website: 'https://greta.example/',
    body: 'Words.',
  };
  const cases: [string, Fields, string, string][] = [
    ['no text', { body: '' }, 'body', 'There is no text yet.'],
    ['nothing but space', { body: ' \r\n\t ' }, 'body', 'There is no text yet.'],
    ['nothing that can be seen', { body: '\u200b\u2060' }, 'body', 'There is no text yet.'],
    ['only a link without words', { body: '[](https://spam.example)' }, 'body', 'There is no text yet.'],
    ['only the address for a link', { body: '[a]: https://spam.example' }, 'body', 'There is no text yet.'],
    ['10,001 characters', { body: 'a'.repeat(10_001) }, 'body', '10,000 characters at most; this one has 10,001'],
    ['10,001 emoji', { body: '🙂'.repeat(10_001) }, 'body', 'this one has 10,001'],
    ['no name', { name: '' }, 'name', 'Please tell us a name to show.'],
    ['an invisible name', { name: '\u200b\u3164 ' }, 'name', 'Please tell us a name to show.'],
    ['a name of 61 characters', { name: 'n'.repeat(61) }, 'name', 'A name can have 60 characters at most.'],
    [
      'the name of one of the staff',
      { name: 'Olivia Owner' },
      'name',
      'Somebody who works on this site has this name.',
    ],
    ['nearly that name', { name: ' oIivia  0wner ' }, 'name', 'Somebody who works on this site has this name.'],
    ['no e-mail address', { email: 'greta at guests' }, 'email', 'This does not look like an e-mail address'],
    ['an e-mail address of two', { email: 'a@b.example, c@d.example' }, 'email', 'does not look like an e-mail'],
    ['no address of the web', { website: 'javascript:alert(1)' }, 'website', 'does not look like a web address'],
    ['a website with a password', { website: 'https://me:secret@greta.example' }, 'website', 'not look like a web'],
  ];
  it.each(cases)(
    '(%s) comes back with 422, as it was typed, the message beside the field',
    async (_what, wrong, field, message) => {
      const before = await countComments(site.db);
      const sent = { ...right, ...wrong, remember: 'on', key: '4d1b7e43-3d7c-4a46-b6a5-7a1f0f1c9b11' };
      const { status, text, headers, cookie } = await postReply(site, path, sent);
      expect(status).toBe(422);
      expect(await countComments(site.db)).toBe(before);
      expect(cookie).toBe('');
      expect(headers['cache-control']).toMatch(/private|no-store/);

      expect(text).toMatch(
        new RegExp(
          `<(?:input|textarea)[^>]* id="${field}"[^>]* aria-describedby="${field}-hint ${field}-error" aria-invalid="true"`,
        ),
      );
      const beside = new RegExp(`<p class="field-error" id="${field}-error">([^<]*)</p>`).exec(text)?.[1] ?? '';
      expect(wordsOf(beside)).toContain(message);
      expect(text.match(/aria-invalid/g)).toHaveLength(1);
      expect(summaryOn(text)).toEqual([[`#${field}`, wordsOf(beside)]]);
      for (const name of ['name', 'email', 'website', 'body', 'key'] as const) {
        expect(fieldOn(text, name)).toBe(asStored(sent[name] as string));
      }
      expect(text).toMatch(/name="remember" value="on" checked/);
    },
  );

  it('is told all of them at once, in the order of the fields', async () => {
    const { text } = await postReply(site, path, { name: '', email: 'x', website: 'y', body: '' });
    expect(summaryOn(text).map(([link]) => link)).toEqual(['#body', '#name', '#email', '#website']);
    expect(wordsOf(text)).toContain('4 things need another look');
  });

  it('is asked for an address only where the site asks for one', async () => {
    await site.db.updateTable('site').set({ email_required: true }).execute();
    const { text, status } = await postReply(site, path, { ...right, email: '' });
    expect([status, summaryOn(text)]).toEqual([
      422,
      [['#email', expect.stringContaining('asks for an e-mail address')]],
    ]);
    expect((await openPage(site, path)).text).toMatch(/id="email"[^>]* required/);
    await site.db.updateTable('site').set({ email_required: false }).execute();
    expect((await postReply(site, path, { ...right, email: '', body: 'Without an address.' })).status).toBe(303);
  });

  it('comes back escaped', async () => {
    const body = '</textarea><script>alert("1")</script> & so on';
    const name = '"><b>Bold</b>\'';
    const { text } = await postReply(site, path, { name, body, email: 'x' });
    expect([fieldOn(text, 'body'), fieldOn(text, 'name')]).toEqual([body, name]);
    expect(text).not.toContain('<script>alert');
    expect(text).not.toContain('<b>Bold');
  });

  it('keeps the empty line that it begins with', async () => {
    const { text } = await postReply(site, path, { name: '', body: '\r\n\r\nAfter two empty lines.' });
    expect(fieldOn(text, 'body')).toBe('\n\nAfter two empty lines.');
  });

  it('in a reply to a comment comes back under that comment', async () => {
    const { id } = await replyTo(site, path, { name: 'Petra', body: 'A question.' });
    const { status, text } = await postReply(site, path, { body: '', parent: String(id) });
    expect(status).toBe(422);
    expect(text).toContain('<h1>Reply to Petra</h1>');
    expect(fieldOn(text, 'parent')).toBe(String(id));
  });

  it('by one of the staff comes back without asking for a name', async () => {
    const { status, text } = await postReply(site, path, { body: ' ' }, owner);
    expect([status, summaryOn(text).map(([link]) => link)]).toEqual([422, ['#body']]);
  });
});

describe('A reply that is just right', () => {
  it('has 10,000 characters, of which an emoji is one', async () => {
    expect((await postReply(site, path, { body: '🙂'.repeat(10_000) })).status).toBe(303);
    expect((await postReply(site, path, { body: `${'b'.repeat(9_999)}🙂` })).status).toBe(303);
  });

  it('has a name of 60 characters, of any script', async () => {
    expect((await postReply(site, path, { name: '名'.repeat(60) })).status).toBe(303);
    expect((await postReply(site, path, { name: '🙂'.repeat(60) })).status).toBe(303);
  });

  it('is stored as it was meant: trimmed, NFC, without NUL and bidi controls, a website in full', async () => {
    const { id } = await replyTo(site, path, {
      name: '  Zoe\u0308 \u202eNot reversed ',
      email: ' Zoe@Guests.Example ',
      website: 'zoe.example',
      body: '  \r\n\tcafe\u0301\u0000 and\u2066 more\r\nlines \ud800 ',
    });
    const row = await site.db.selectFrom('comment').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      name: 'Zoë Not reversed',
      email: 'zoe@guests.example',
      website: 'https://zoe.example/',
      source: 'café and more\nlines \ufffd',
      email_proved: false,
    });
  });

  it('is shown in Markdown, its links marked, without markup of its own', async () => {
    const { id } = await replyTo(site, path, { body: '**Bold** <i>not italic</i> [link](https://other.example/)' });
    const { text } = await openPage(site, path);
    const comment = text.slice(text.indexOf(`id="c${id}"`));
    expect(comment).toContain('<strong>Bold</strong> &lt;i&gt;not italic&lt;/i&gt;');
    expect(comment).toContain('<a href="https://other.example/" rel="nofollow ugc noopener">link</a>');
  });

  it('reaches any visible comment, at any depth', async () => {
    let parent = '';
    for (let depth = 1; depth <= 12; depth += 1) {
      const { id } = await replyTo(site, path, { parent });
      const row = await site.db.selectFrom('comment').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
      expect([row.depth, row.parent_id]).toEqual([depth, parent === '' ? null : Number(parent)]);
      parent = String(id);
    }
  });
});

describe('A reply to a comment that cannot be answered', () => {
  it.each(['hidden', 'removed', 'placeholder', 'elsewhere', 'unknown', 'malformed', 'too large', 'negative', 'padded'])(
    '(%s) is 422, nothing is stored, and the form now answers the post',
    async (kind) => {
      const parent = await unanswerable(kind);
      const before = await countComments(site.db);
      const { status, text } = await postReply(site, path, { parent, body: 'My answer.' });
      expect(status).toBe(422);
      expect(await countComments(site.db)).toBe(before);
      expect(summaryOn(text)).toEqual([['#reply', expect.stringContaining('is not in this conversation')]]);
      expect([fieldOn(text, 'body'), fieldOn(text, 'parent')]).toEqual(['My answer.', '']);
      const fields = {
        name: fieldOn(text, 'name') ?? '',
        body: 'My answer.',
        parent: '',
        key: fieldOn(text, 'key') ?? '',
      };
      expect((await postReply(site, path, { ...fields, body: `My answer: ${kind}.` })).status).toBe(303);
    },
  );

  it('has no form of its own: the way to it leads to the comment', async () => {
    const { id } = await replyTo(site, path);
    await replyTo(site, path, { parent: String(id) });
    await decideOn(site, owner, id, { action: 'remove' });
    const { status, headers } = await openPage(site, `/comments/${id}/reply`);
    expect([status, headers.location]).toEqual([303, `/comments/${id}`]);
  });

  it.each(['0', '999999', '2147483648', '99999999999999999999', 'x', '-1', '1e3'])(
    '(/comments/%s) is not found',
    async (id) => {
      expect((await openPage(site, `/comments/${id}`)).status).toBe(404);
      expect((await openPage(site, `/comments/${id}/reply`)).status).toBe(404);
    },
  );
});

async function unanswerable(kind: string): Promise<string> {
  if (kind === 'unknown') return '2147483647';
  if (kind === 'too large') return '2147483648';
  if (kind === 'malformed') return '12; drop table comment';
  const { slug } = await addPost(site.db, { title: 'Elsewhere', mode: 'open' });
  const { id } = await replyTo(site, kind === 'elsewhere' ? `/posts/${slug}` : path, {
    ...(kind === 'hidden' && { body: 'https://a.example https://b.example https://c.example' }),
  });
  if (kind === 'placeholder') await replyTo(site, path, { parent: String(id) });
  if (kind === 'removed' || kind === 'placeholder') await decideOn(site, owner, id, { action: 'remove' });
  if (kind === 'negative') return `-${id}`;
  return kind === 'padded' ? `0${id}` : String(id);
}

function summaryOn(text: string): [string, string][] {
  const summary = /<div class="error-summary" role="alert"[^>]*>([\s\S]*?)<\/div>/.exec(text)?.[1] ?? '';
  const links = summary.matchAll(/<a href="([^"]*)">([\s\S]*?)<\/a>/g);
  return [...links].map(([, href = '', message = '']) => [href, wordsOf(message)]);
}

// As the browser shows it again: with the line ends that HTML has.
function asStored(text: string): string {
  return text.replace(/\r\n/g, '\n');
}

describe('The address that a reply is sent to', () => {
  it('leads to the form where it is only asked for', async () => {
    const answer = await openPage(site, '/posts/open-to-all/comments');
    expect([answer.status, answer.headers.location]).toEqual([303, '/posts/open-to-all#reply']);
  });
});
