import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import type { Role } from '../../src/accounts/table.ts';
import { pathOf } from '../../src/posts/addresses.ts';
import { mayTakeBack } from '../../src/posts/may-take-back.ts';
import {
  isAllowed,
  type PostAction,
  type PostState,
  stateOf as publicationOf,
  transitions,
} from '../../src/posts/publication.ts';
import { randomFrom } from '../comments/storm.ts';
import { lastEvent, wordsOf } from '../support/comments.ts';
import { begin, fieldsOn, open, send, type Writer } from '../support/desk.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

jest.setTimeout(120_000);

let site: TestSite;
let owner: Writer;
let moderator: Writer;
let ada: Writer;
let bert: Writer;
let id: number;

beforeAll(async () => {
  site = await createTestSite();
  owner = await newWriter('Olga Owner', 'owner');
  moderator = await newWriter('Mona Moderator', 'moderator');
  ada = await newWriter('Ada Author');
  bert = await newWriter('Bert Author');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  id = await begin(site, ada, {
    title: 'A first title',
    slug: `first-${site.now.getTime()}`,
    body: 'The *first* text.',
    excerpt: 'First.',
    tags: 'Tea, Milk',
  });
});

const later = (minutes: number) => {
  site.now = new Date(site.now.getTime() + minutes * 60_000);
};

/** Saves the form at the desk as it stands, but for these fields. */
async function save(fields: Readonly<Record<string, string>>, writer = ada, post = id): Promise<number> {
  const form = fieldsOn((await open(site, writer, `/write/${post}`)).text);
  const answer = await send(site, writer, `/write/${post}`, { action: 'edit', ...form, ...fields });
  if (answer.status !== 303) throw new Error(`${answer.status}: ${wordsOf(answer.text)}`);
  return (await last(post)).id;
}

/** Puts a post into the bin, or takes it out. */
async function bin(way: 'bin' | 'restore', writer = ada, post = id): Promise<number> {
  const { version } = await rowOf(post);
  expect((await send(site, writer, `/write/${post}/${way}`, { version: String(version) })).status).toBe(303);
  return (await last(post)).id;
}

const undo = (event: number, writer = ada, fields: Readonly<Record<string, string>> = {}) =>
  send(site, writer, '/moderation/undo', { event: String(event), back: `/write/${id}`, ...fields });

async function undone(event: number, writer = ada): Promise<number> {
  const answer = await undo(event, writer);
  if (answer.status !== 303) throw new Error(`${answer.status}: ${wordsOf(answer.text)}`);
  return (await last()).id;
}

const last = (post = id) => lastEvent(site.db, 'post', post);

const rowOf = (post = id) => site.db.selectFrom('post').selectAll().where('id', '=', post).executeTakeFirstOrThrow();

/** All of a post that an undo restores. */
async function stateOf(post = id) {
  const { version: _, updated_at: __, ...row } = await rowOf(post);
  const { rows } = await sql<{ authors: number[]; tags: string[]; addresses: string[]; conversation: unknown }>`select
    array(select account_id from post_author where post_id = ${post} order by position) as authors,
    array(select slug || '=' || name from post_tag join tag on tag.id = tag_id where post_id = ${post} order by slug) as tags,
    array(select path from address where post_id = ${post} order by path) as addresses,
    (select to_jsonb(conversation) from conversation where id = ${row.conversation_id}) as conversation`.execute(
    site.db,
  );
  return { ...row, ...rows[0] };
}

describe('An edit of a post', () => {
  it('is undone with title, text, address, excerpt, tags and authors, by an event that names it', async () => {
    const before = await stateOf();
    const edit = await save(
      { title: 'Other', slug: `other-${id}`, body: 'Other.', excerpt: '', tags: 'Milk, Bread', authors: handle(bert) },
      owner,
    );
    expect(await stateOf()).not.toEqual(before);
    const event = await undone(edit, owner);
    expect(await stateOf()).toEqual(before);
    expect(await last()).toMatchObject({ id: event, action: 'undo', undoes: edit, actor_id: owner.id });
  });

  it('is done again by the undo of its undo', async () => {
    const edit = await save({ title: 'Other', body: 'Other.', tags: 'Bread' });
    const after = await stateOf();
    await undone(await undone(edit));
    expect(await stateOf()).toEqual(after);
  });

  it('keeps what it was of imported HTML, which comes back as it was', async () => {
    const imported = {
      source: '<p onclick>Raw',
      source_format: 'html',
      html: '<p>Raw, as imported</p>',
      renderer_version: 0,
    } as const;
    await site.db.updateTable('post').set(imported).where('id', '=', id).execute();
    const before = await stateOf();
    const edit = await save({ body: '<p onclick>Raw, and *more*' });
    expect(await rowOf()).toMatchObject({ source_format: 'markdown' });
    await undone(edit);
    expect(await stateOf()).toEqual(before);
  });

  it('leaves imported HTML alone where it sets only how the conversation is held, and no text is undone', async () => {
    const imported = { source: '<p>Raw', source_format: 'html', html: '<p>Raw</p>', renderer_version: 0 } as const;
    await site.db.updateTable('post').set(imported).where('id', '=', id).execute();
    const { conversation: _, ...before } = await stateOf();
    const edit = await save({ mode: 'closed' });
    expect(await stateOf()).toMatchObject(before);
    expect((await undo(edit)).status).toBe(404);
  });

  it('keeps no text in the events, and one earlier version for each edit that changes the text', async () => {
    await save({ title: 'Second' });
    await save({ title: 'Second' });
    await save({ mode: 'closed' });
    await save({ action: 'publish' });
    const rows = await site.db.selectFrom('post_revision').selectAll().where('post_id', '=', id).execute();
    expect(rows).toMatchObject([{ title: 'A first title', source: 'The *first* text.', html: null }]);
    expect(rows[0]?.tags).toEqual([
      { slug: 'milk', name: 'Milk' },
      { slug: 'tea', name: 'Tea' },
    ]);
    const { rows: events } =
      await sql`select numbers::text from event where subject_kind = 'post' and numbers::text ~ 'title'`.execute(
        site.db,
      );
    expect(events).toEqual([]);
  });
});

describe('The address of a post', () => {
  const lead = async (slug: string) => {
    const { status, headers } = await open(site, undefined, `/posts/${slug}`);
    return [status, headers.location];
  };

  it('is its own again, and one at which readers could meet it meanwhile leads there', async () => {
    const { slug } = await rowOf();
    await save({ action: 'publish' });
    const edit = await save({ slug: `moved-${id}` });
    expect([await lead(slug), await lead(`moved-${id}`)]).toEqual([
      [301, `/posts/moved-${id}`],
      [200, undefined],
    ]);
    const redo = await undone(edit);
    expect([await lead(slug), await lead(`moved-${id}`)]).toEqual([
      [200, undefined],
      [301, `/posts/${slug}`],
    ]);
    expect((await stateOf()).addresses).toEqual([`/posts/moved-${id}`]);
    await undone(redo);
    expect((await stateOf()).addresses).toEqual([`/posts/${slug}`]);
  });

  it('that no reader could know is free again', async () => {
    const edit = await save({ slug: `unseen-${id}` });
    await undone(edit);
    expect((await stateOf()).addresses).toEqual([]);
    expect(await lead(`unseen-${id}`)).toEqual([404, undefined]);
  });
});

describe('One save', () => {
  it('of a text that is published with it is undone as one', async () => {
    const before = await stateOf();
    const published = await save({ title: 'Other', slug: `other-${id}`, action: 'publish' });
    const after = await stateOf();
    const redo = await undone(published);
    const { addresses: _, ...state } = await stateOf();
    expect({ ...state, addresses: before.addresses }).toEqual(before);
    await undone(redo);
    expect({ ...(await stateOf()), addresses: after.addresses }).toEqual(after);
  });

  it('of a new post that is published at once is undone into the bin, and so is its beginning', async () => {
    id = await begin(site, ada, { title: 'At once', action: 'publish' });
    const after = await stateOf();
    const redo = await undone((await last()).id);
    expect(await rowOf()).toMatchObject({ published_at: null, deleted_at: site.now });
    await undone(redo);
    expect(await stateOf()).toEqual(after);
  });
});

describe('What moves a post', () => {
  const inADay = '2099-01-01T12:00';

  it.each([
    ['publish', [], { action: 'publish' }],
    ['schedule', [], { action: 'schedule', publish_at: inADay }],
    ['schedule', [{ action: 'schedule', publish_at: inADay }], { action: 'schedule', publish_at: '2099-02-01T12:00' }],
    ['publish', [{ action: 'schedule', publish_at: inADay }], { action: 'publish' }],
    ['unpublish', [{ action: 'schedule', publish_at: inADay }], { action: 'unpublish' }],
    ['unpublish', [{ action: 'publish' }], { action: 'unpublish' }],
    ['delete', [{ action: 'publish' }], 'bin'],
    ['delete', [{ action: 'schedule', publish_at: inADay }], 'bin'],
    ['restore', [{ action: 'publish' }, 'bin'], 'restore'],
    ['create', [], undefined],
  ] as const)('is undone to the very time it had, and so is the undo: %s after %j', async (action, first, then) => {
    const act = (what: (typeof first)[number] | typeof then) =>
      typeof what === 'object' ? save(what) : what ? bin(what) : Promise.resolve(0);
    for (const what of first) {
      await act(what);
      later(1);
    }
    const before = await stateOf();
    await act(then);
    const event = await last();
    expect(event.action).toBe(action);
    const after = await stateOf();
    later(1);
    const redo = await undone(event.id);
    if (action === 'create') expect(await rowOf()).toMatchObject({ deleted_at: site.now });
    else expect(await stateOf()).toEqual(before);
    later(1);
    await undone(redo);
    expect(await stateOf()).toEqual(after);
  });

  it('is not undone where the time at which it was to appear has come', async () => {
    const schedule = await save({ action: 'schedule', publish_at: local(10) });
    later(20);
    const answer = await undo(schedule);
    expect(answer.status).toBe(409);
    expect(wordsOf(answer.text)).toContain('The time at which it was to appear has come since');
    expect((await rowOf()).published_at).not.toBeNull();
  });

  it('is not undone where the post would appear at once that was to appear later', async () => {
    await save({ action: 'schedule', publish_at: local(10) });
    const unpublish = await save({ action: 'unpublish' });
    later(20);
    expect((await undo(unpublish)).status).toBe(409);
    expect((await rowOf()).published_at).toBeNull();
  });
});

describe('An undo is refused, with an explanation and what can be done instead,', () => {
  it('where the post was edited since', async () => {
    const first = await save({ title: 'Second' });
    const second = await save({ title: 'Third' }, owner);
    const answer = await undo(first);
    expect(answer.status).toBe(409);
    expect(wordsOf(answer.text)).toMatch(/Something else has happened to it since.*Edited by Olga Owner/);
    expect(answer.text).toContain(`href="/write/${id}/history"`);
    expect(answer.text).toContain(`name="event" value="${second}"`);
    expect(answer.text).toContain(`<a href="/write/${id}">Back to the desk</a>`);
    expect((await rowOf()).title).toBe('Third');
    await undone(second);
    await undone(first);
    expect((await rowOf()).title).toBe('A first title');
  });

  it('where its address belongs to another post by now, and all else can be undone', async () => {
    const { slug } = await rowOf();
    const edit = await save({ title: 'Second', slug: `second-${id}` });
    await addPost(site.db, { title: 'Taker', slug });
    const answer = await undo(edit);
    expect(answer.status).toBe(409);
    expect(wordsOf(answer.text)).toContain(`Another post or page has the address “${slug}”`);
    expect((await rowOf()).title).toBe('Second');
    expect((await undo(edit, ada, { partly: 'yes' })).status).toBe(303);
    expect(await rowOf()).toMatchObject({ title: 'A first title', slug: `second-${id}` });
    await undone((await last()).id);
    expect(await rowOf()).toMatchObject({ title: 'Second', slug: `second-${id}` });
  });

  it('where an author who would come back was shut out, and all else can be undone', async () => {
    const gone = await newWriter('Gerda Gone');
    await save({ authors: `${handle(ada)}, ${handle(gone)}` }, owner);
    const edit = await save({ title: 'Second', authors: handle(ada) }, owner);
    await site.db.updateTable('account').set({ disabled_at: site.now }).where('id', '=', gone.id).execute();
    const answer = await undo(edit, owner);
    expect(answer.status).toBe(409);
    expect(wordsOf(answer.text)).toContain('Gerda Gone was one of its authors');
    expect((await undo(edit, owner, { partly: 'yes' })).status).toBe(303);
    expect(await stateOf()).toMatchObject({ title: 'A first title', authors: [ada.id] });
  });

  it('but not where a shut-out author was one all the time', async () => {
    const gone = await newWriter('Gerda Gone');
    await save({ authors: `${handle(ada)}, ${handle(gone)}` }, owner);
    const edit = await save({ title: 'Second' });
    await site.db.updateTable('account').set({ disabled_at: site.now }).where('id', '=', gone.id).execute();
    await undone(edit);
    expect(await stateOf()).toMatchObject({ title: 'A first title', authors: [ada.id, gone.id] });
  });

  it('where it was moved since', async () => {
    const publish = await save({ action: 'publish' });
    await bin('bin');
    const answer = await undo(publish);
    expect(answer.status).toBe(409);
    expect(wordsOf(answer.text)).toMatch(/Something else has happened to it since.*Deleted by Ada Author/);
    expect((await rowOf()).deleted_at).not.toBeNull();
  });

  it('and is done once, where the form is sent twice', async () => {
    const edit = await save({ title: 'Second' });
    const answers = await Promise.all([undo(edit), undo(edit), undo(edit)]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    const events = await site.db.selectFrom('event').select('id').where('undoes', '=', edit).execute();
    expect(events).toHaveLength(1);
  });
});

describe('Who takes back what was done to a post', () => {
  const roles: readonly Role[] = ['owner', 'moderator', 'author'];
  const cells = roles.flatMap((role) =>
    [true, false].flatMap((isOwn) => [0, 1].map((authors_changed) => ({ role, isOwn, authors_changed }))),
  );

  it.each(cells)('is whoever may write on it: %j', ({ role, isOwn, authors_changed }) => {
    const may = role === 'owner' || (isOwn && authors_changed === 0);
    expect(mayTakeBack({ role, isOwn, numbers: { authors_changed } })).toBe(may);
  });

  it('is one of its authors or the owner; to others it does not exist', async () => {
    const edit = await save({ title: 'Second' });
    for (const stranger of [moderator, bert]) expect((await undo(edit, stranger)).status).toBe(404);
    expect((await send(site, undefined, '/moderation/undo', { event: String(edit) })).status).toBe(403);
    expect((await rowOf()).title).toBe('Second');
    await undone(edit, owner);
    expect((await rowOf()).title).toBe('A first title');
  });

  it('is an author of it whoever did it, but not where it changed who the authors are', async () => {
    await undone(await save({ title: 'Second' }, owner));
    const edit = await save({ authors: `${handle(ada)}, ${handle(bert)}` }, owner);
    expect((await undo(edit, bert)).status).toBe(404);
    expect((await undo(edit, ada)).status).toBe(404);
    await undone(edit, owner);
  });

  it('is an author, too, where the settings let authors decide on no comments', async () => {
    await site.db.updateTable('site').set({ authors_moderate: false }).execute();
    const edit = await save({ title: 'Second' });
    await undone(edit);
    const closed = await site.db
      .insertInto('event')
      .values({ subject_kind: 'site', subject_id: 1, action: 'close', actor_id: ada.id, created_at: site.now })
      .returning('id')
      .executeTakeFirstOrThrow();
    expect((await undo(closed.id)).status).toBe(403);
    await site.db.updateTable('site').set({ authors_moderate: true }).execute();
  });

  it('is shown in the log: a button for those who may, none for others', async () => {
    const edit = await save({ title: 'Second' });
    const button = `name="event" value="${edit}"`;
    const log = async (reader: Writer) => (await open(site, reader, `/moderation/log?post=${id}`)).text;
    expect(await log(ada)).toContain(button);
    expect(await log(owner)).toContain(button);
    expect(await log(moderator)).not.toContain(button);
    await undone(edit);
    expect(wordsOf(await log(ada))).toMatch(/Edited by Ada Author on [^.]*\. This was undone\./);
  });
});

describe('The form of a post', () => {
  it('that was open during an undo meets a conflict, which says who undid it', async () => {
    const edit = await save({ title: 'Second' });
    const form = fieldsOn((await open(site, ada, `/write/${id}`)).text);
    await undone(edit, owner);
    const answer = await send(site, ada, `/write/${id}`, { ...form, body: 'New.' });
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('Olga Owner undid what was done to it');
  });

  it('and an undo at the same moment: one of both is done, the other is told', async () => {
    for (let round = 0; round < 8; round += 1) {
      const edit = await save({ title: `Round ${round}` });
      const form = fieldsOn((await open(site, ada, `/write/${id}`)).text);
      const answers = await Promise.all([
        send(site, ada, `/write/${id}`, { ...form, title: `Raced ${round}`, action: 'edit' }),
        undo(edit, owner),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
      const { title } = await rowOf();
      if (answers[0]?.status === 303) expect(title).toBe(`Raced ${round}`);
      else expect(title).not.toBe(`Raced ${round}`);
    }
  });
});

const handles = new Map<number, string>();

function handle(writer: Writer): string {
  return handles.get(writer.id) ?? '';
}

async function newWriter(name: string, role: Role = 'author'): Promise<Writer> {
  const writer = await site.signIn(role, name);
  const account = site.db.selectFrom('account').select('handle').where('id', '=', writer.id);
  handles.set(writer.id, (await account.executeTakeFirstOrThrow()).handle);
  return writer;
}

describe('Undos of whatever was done to posts', () => {
  /** What readers meet at an address: where it leads, or what is said there. */
  const pageAt = async (path: string) => {
    const { status, headers, text } = await open(site, undefined, path);
    const main = /<main[\s\S]*<\/main>/.exec(text)?.[0];
    return { status, leads: headers.location, main };
  };

  it.each([1, 3, 4, 5])(
    'from the last to the first, undos of undos among them, restore each state in which they were (seed %i)',
    async (seed) => {
      const random = randomFrom(seed);
      const pick = <One>(from: readonly One[]) => from[Math.floor(random() * from.length)] as One;
      const other = await begin(site, ada, { title: `Beside ${seed}`, slug: `beside-${seed}`, body: 'Beside.' });
      const ids = [id, other];
      const paths = [0, 1, 2, 3].flatMap((name) => ids.map((post) => `/posts/s${seed}-${post}-${name}`));
      paths.push(...(await Promise.all(ids.map(async (post) => `/posts/${(await rowOf(post)).slug}`))));
      const stateOfAll = async () => ({
        posts: await Promise.all(ids.map((post) => stateOf(post))),
        pages: await Promise.all(paths.map(async (path) => [path, await pageAt(path)] as const)),
        lists: await Promise.all(['/', '/index', '/feed.xml', '/sitemap.xml'].map((path) => pageAt(path))),
      });
      const edit = (post: number) => ({
        ...(random() < 0.6 && { slug: `s${seed}-${post}-${Math.floor(random() * 4)}` }),
        ...(random() < 0.6 && { title: `Title ${Math.floor(random() * 9)}`, body: `Text *${random()}*.` }),
        ...(random() < 0.5 && { tags: pick(['', 'Tea', 'Milk, Tea', `Bread ${seed}`]) }),
        ...(random() < 0.4 && {
          authors: pick([[ada], [bert, ada], [owner, bert], [bert]])
            .map(handle)
            .join(', '),
        }),
        ...(random() < 0.2 && { kind: pick(['post', 'page']) }),
        ...(random() < 0.2 && { mode: pick(['open', 'closed', 'site']) }),
      });
      const act = async (post: number) => {
        const form = fieldsOn((await open(site, owner, `/write/${post}`)).text);
        const { version } = await rowOf(post);
        const state = publicationOf(await rowOf(post), site.now);
        const action = pick([
          ...possible(state),
          ...(isAllowed(state, 'edit') ? (['edit', 'edit', 'publish'] as const) : []),
        ]);
        if (action === 'delete' || action === 'restore')
          return await send(site, owner, `/write/${post}/${action === 'delete' ? 'bin' : action}`, {
            version: String(version),
          });
        const fields = { ...form, ...(random() < 0.7 && edit(post)), action };
        const when = action === 'schedule' ? { publish_at: `2099-0${pick([1, 2, 3])}-01T12:00` } : {};
        return await send(site, owner, `/write/${post}`, { ...fields, ...when });
      };
      const states = [await stateOfAll()];
      const done: number[][] = [];
      for (let step = 0; step < 30; step += 1) {
        later(1);
        const before = await newestEvent();
        const events = done.flat();
        if (events.length > 0 && random() < 0.4)
          await undo(random() < 0.5 ? (events.at(-1) ?? 0) : pick(events), owner);
        else await act(pick(ids));
        const since = await doneSince(before);
        if (since.length === 0) continue;
        done.push(since);
        states.push(await stateOfAll());
      }
      expect(done.length).toBeGreaterThan(9);
      // Readers met some of it, and some not.
      expect([...new Set(states.flatMap(({ pages }) => pages.map(([, { status }]) => status)))]).toEqual(
        expect.arrayContaining([200, 404]),
      );
      for (const events of done.toReversed()) {
        later(1);
        states.pop();
        for (const event of events.toReversed()) {
          const answer = await undo(event, owner);
          if (answer.status !== 303) throw new Error(`${answer.status}: ${wordsOf(answer.text)}`);
        }
        expectRestored(await stateOfAll(), states.at(-1));
      }
    },
  );

  const possible = (state: PostState) => Object.keys(transitions[state]) as PostAction[];

  const newestEvent = async () => {
    const { max } = await site.db
      .selectFrom('event')
      .select(({ fn }) => fn.max('id').as('max'))
      .executeTakeFirstOrThrow();
    return max ?? 0;
  };

  /** What has been done since an event, and can be undone: the last event of what was done in one go. */
  const doneSince = async (event: number) => {
    const { rows } = await sql<{ id: number }>`
      select max(id) as id from event
      where id > ${event} and subject_kind in ('post', 'conversation') and not numbers ? 'comments_only'
      group by coalesce(batch::text, id::text)
      order by 1`.execute(site.db);
    return rows.map((row) => row.id);
  };

  type State = {
    readonly posts: readonly Awaited<ReturnType<typeof stateOf>>[];
    readonly pages: readonly (readonly [string, Awaited<ReturnType<typeof pageAt>>])[];
    readonly lists: unknown;
  };

  // All is as it was, but that an address at which readers could meet a post meanwhile goes on leading to it.
  function expectRestored(present: State, past: State | undefined): void {
    const rows = ({ posts }: State) => posts.map(({ addresses: _, ...row }) => row);
    expect(rows(present)).toEqual(past && rows(past));
    expect(present.lists).toEqual(past?.lists);
    present.posts.forEach(({ addresses }, at) => {
      expect(addresses).toEqual(expect.arrayContaining(past?.posts[at]?.addresses ?? ['?']));
    });
    const added = present.posts.flatMap(({ addresses }, at) =>
      (addresses ?? []).filter((path) => !past?.posts[at]?.addresses?.includes(path)),
    );
    // Where a post is, it does not lead to itself.
    expect(present.posts.filter((post) => post.addresses?.includes(pathOf(post)))).toEqual([]);
    const known = (state?: State) => state?.pages.filter(([path]) => !added.includes(path));
    expect(known(present)).toEqual(known(past));
  }
});

/** So many minutes from now, as the form writes a time (UTC). */
function local(minutes: number): string {
  return new Date(site.now.getTime() + minutes * 60_000).toISOString().slice(0, 16);
}
