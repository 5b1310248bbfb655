import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Asker,
  type Fields,
  lastEvent,
  openPage,
  replyTo,
  sendForm,
  statusOf,
  wordsOf,
} from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;
let moderator: { id: number; cookie: string };
let author: { id: number; cookie: string };
let post: { conversationId: number };
let path: string;
let other: string;

beforeAll(async () => {
  site = await createTestSite();
  moderator = await site.signIn('moderator', 'Mona Moderator');
  author = await site.signIn('author', 'Anna Author');
});
afterAll(() => site.close());
beforeEach(async () => {
  const written = await addPost(site.db, { title: 'A talk', authorId: author.id, mode: 'open' });
  post = written;
  path = `/posts/${written.slug}`;
  other = `/posts/${(await addPost(site.db, { title: 'Another talk', mode: 'open' })).slug}`;
});

const links = () => ({ body: `See ${Math.random()} https://a.example https://b.example https://c.example` });
const save = (fields: Fields, asker: Asker = moderator) => sendForm(site, `${path}/rules`, fields, asker);
const last = () => lastEvent(site.db, 'conversation', post.conversationId);
const undo = (event: number) => sendForm(site, '/moderation/undo', { event: String(event) }, moderator);

describe('The rules of a conversation', () => {
  it('are those of the site, until somebody switches one off or on here, and only here', async () => {
    expect(await statusOf(site.db, (await replyTo(site, path, links())).id)).toBe('pending');
    expect((await save({ links: 'off', post_age: 'on' })).status).toBe(303);
    const { text } = await openPage(site, `${path}/rules`, moderator);
    expect(text).toMatch(/<select id="links"[\s\S]*?<option value="off" selected>/);
    expect(text).toMatch(/<select id="flooding"[\s\S]*?<option value="site" selected>As the site says: on</);
    await save({ links: 'off' });
    expect(await statusOf(site.db, (await replyTo(site, path, links())).id)).toBe('approved');
    expect(await statusOf(site.db, (await replyTo(site, other, links())).id)).toBe('pending');
  });

  it('are an event that says what was switched, and undone like any', async () => {
    await save({ links: 'off' });
    await save({ links: 'on', bait: 'off' });
    const event = await last();
    expect(event).toMatchObject({ action: 'set_rules', actor_id: moderator.id, numbers: { switched: 2 } });
    const log = wordsOf((await openPage(site, '/moderation/log', moderator)).text);
    expect(log).toMatch(/Links: Off → On/);
    expect(log).toMatch(/Hidden field: .* → Off/);
    expect((await undo(event.id)).status).toBe(303);
    expect(await switches()).toEqual({ links: false });
    await undo((await last()).id);
    expect(await switches()).toEqual({ links: true, bait: false });
  });

  it('leave no event where nothing is changed', async () => {
    await save({ links: 'off' });
    const before = await last();
    expect((await save({ links: 'off', nonsense: 'on' })).status).toBe(303);
    expect(await last()).toEqual(before);
  });

  it('are switched by the authors of the post, until a moderator of all posts has', async () => {
    expect((await save({ links: 'off' }, author)).status).toBe(303);
    await save({ links: 'on' });
    const refused = await save({ links: 'off' }, author);
    expect(refused.status).toBe(403);
    expect(await switches()).toEqual({ links: true });
  });

  it('are nobody else’s', async () => {
    const stranger = await site.signIn('author', 'Steve Stranger');
    expect((await openPage(site, `${path}/rules`, stranger)).status).toBe(404);
    expect((await save({ links: 'off' }, stranger)).status).toBe(404);
    expect((await save({ links: 'off' }, {})).status).toBe(403);
    expect((await openPage(site, `${path}/rules`)).status).toBe(303);
    expect(await switches()).toEqual({});
  });

  it('are linked from where the conversation is closed', async () => {
    expect((await openPage(site, path, moderator)).text).toContain(`href="${path}/rules"`);
  });
});

async function switches() {
  const query = site.db.selectFrom('conversation').select('rule_switches').where('id', '=', post.conversationId);
  return (await query.executeTakeFirstOrThrow()).rule_switches;
}
