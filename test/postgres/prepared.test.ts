import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import { createDatabase, createPool, type Database } from '../../src/database.ts';
import { planNameOf, prepared } from '../../src/prepared.ts';
import { decideOn, openPage, replyTo } from '../support/comments.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

describe('A statement that is marked as prepared', () => {
  let test: TestDatabase;
  let db: Kysely<Database>;
  beforeAll(async () => {
    test = await createTestDatabase();
    await sql`create table thing (number integer)`.execute(test.db);
    await sql`insert into thing values (1), (2), (3)`.execute(test.db);
    db = createDatabase(createPool(test.url, () => {}, { connections: 1 }));
  });
  afterAll(async () => {
    await db.destroy();
    await test.drop();
  });

  const numbers = async (from: number) => {
    const { rows } = await sql<{ number: number }>`
      ${prepared} select number from thing where number >= ${from} order by number`.execute(db);
    return rows.map(({ number }) => Number(number));
  };

  const plans = async () => {
    const { rows } = await sql<{ statement: string }>`
      select statement from pg_prepared_statements where statement like '%from thing%'`.execute(db);
    return rows.length;
  };

  it('is planned once for a connection, whatever its values are', async () => {
    for (const from of [1, 2, 3]) expect(await numbers(from)).toEqual([1, 2, 3].slice(from - 1));
    expect(await plans()).toBe(1);
  });

  it('goes on where a column is added by a newer version of the site', async () => {
    await sql`alter table thing add column name text`.execute(test.db);
    expect(await numbers(2)).toEqual([2, 3]);
    expect(await plans()).toBe(1);
  });

  it('fails once where a column has another type by then, and never again', async () => {
    await sql`alter table thing alter column number type bigint`.execute(test.db);
    await expect(numbers(2)).rejects.toThrow('cached plan must not change result type');
    expect(await numbers(2)).toEqual([2, 3]);
  });
});

describe('The pages of conversations and of the queue', () => {
  let site: TestSite;
  beforeAll(async () => {
    site = await createTestSite();
  });
  afterAll(() => site.close());

  it('are shown and replied to as before, while columns are added to every table below them', async () => {
    const owner = await site.signIn('owner');
    await site.signIn('moderator');
    const { slug, id } = await addPost(site.db, { title: 'Before and after' });
    const path = `/posts/${slug}`;
    const first = await replyTo(site, path, { body: 'This waits.' });
    await decideOn(site, owner, first.id, { action: 'approve' });
    const waiting = await replyTo(site, path, { body: 'https://a.example https://b.example https://c.example' });
    const addresses = ['/moderation', `/moderation?post=${id}`, `/moderation/comments/${waiting.id}`, path];
    const readAll = async () => {
      // A connection plans the first five times by the values, and only then for all of them; and there are ten connections.
      for (let round = 0; round < 8; round += 1) {
        for (const address of addresses) {
          for (const { cookie } of [owner, waiting, { cookie: undefined }]) {
            const { status } = await openPage(site, address, { cookie });
            expect([address, status]).toEqual([address, cookie === owner.cookie || address === path ? 200 : 303]);
          }
        }
      }
    };
    await readAll();
    const { rows: tables } = await sql<{ name: string }>`
      select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE'`.execute(site.db);
    for (const { name } of tables) await sql`alter table ${sql.table(name)} add column newer integer`.execute(site.db);
    await readAll();
    const { id: reply } = await replyTo(site, path, { body: 'After.', parent: String(first.id) }, owner);
    expect((await openPage(site, path)).text).toContain(`id="c${reply}"`);
  });

  it('need as many plans for a long list as for a short one', async () => {
    const owner = await site.signIn('owner');
    const { slug, id } = await addPost(site.db, { title: 'Many' });
    const before = `${prepared.compile(site.db).sql} the last of all`;
    const open = async () => {
      await openPage(site, `/moderation?post=${id}`, owner);
      await openPage(site, `/posts/${slug}`, owner);
      await openPage(site, `/posts/${slug}`);
    };
    await replyTo(site, `/posts/${slug}`, { body: 'https://a.example https://b.example https://c.example 0' });
    await open();
    const counted = numberIn(planNameOf(before));
    for (let more = 1; more < 5; more += 1) {
      await replyTo(site, `/posts/${slug}`, { body: `https://a.example https://b.example https://c.example ${more}` });
      await open();
    }
    expect(numberIn(planNameOf(`${before} but one`))).toBe(counted + 1);
  });
});

describe('The name of a plan', () => {
  it('belongs to one text, and only to one that is marked', async () => {
    const mark = '/* prepared */';
    expect(planNameOf('select 1')).toBeUndefined();
    expect(planNameOf(`${mark} select 1`)).toBe(planNameOf(`${mark} select 1`));
    expect(planNameOf(`${mark} select 1`)).not.toBe(planNameOf(`${mark} select 2`));
  });

  it('is given to so many texts and no more, and those that have one keep it', () => {
    const texts = Array.from({ length: 400 }, (_, index) => `/* prepared */ select ${index}`);
    const names = texts.map(planNameOf);
    expect(names.filter((name) => name === undefined).length).toBeGreaterThan(100);
    expect(new Set(names).size).toBeGreaterThan(100);
    expect(texts.map(planNameOf)).toEqual(names);
  });
});

function numberIn(name: string | undefined): number {
  return Number(name?.split(' ')[1]);
}
