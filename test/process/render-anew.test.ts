import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { renderAnew } from '../../src/commands/render-anew.ts';
import { rendererVersion } from '../../src/text/renderer-version.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await sql`
    insert into conversation (id) select generate_series(1, 251);
    insert into post (kind, slug, title, source, source_format, html, renderer_version, conversation_id, created_at, updated_at)
    select 'post', 'post-' || n, 'Post', case when n = 251 then '<b>kept</b>' else '*new*' end,
      case when n = 251 then 'html' else 'markdown' end, 'old', ${sql.lit(rendererVersion)}, n, now(), now()
    from generate_series(1, 251) n`.execute(database.db);
});
afterAll(() => database.drop());

beforeEach(async () => {
  await database.db
    .updateTable('post')
    .set({ html: 'old', renderer_version: rendererVersion - 1 })
    .execute();
});

describe('rendering anew', () => {
  it('takes up what other rules made, batch by batch, and says how far it is', async () => {
    const said: string[] = [];
    const done = await work({ onProgress: (count, total) => said.push(`${count}/${total}`) });
    expect([done, said]).toEqual([250, ['100/250', '200/250', '250/250']]);
    expect(await renderings()).toEqual([
      { html: '<p><em>new</em></p>\n', renderer_version: rendererVersion, count: '250' },
      { html: 'old', renderer_version: rendererVersion - 1, count: '1' },
    ]);
  });

  it('leaves alone what was no Markdown', async () => {
    await work({ all: true });
    const post = await database.db.selectFrom('post').select('html').where('source_format', '=', 'html').execute();
    expect(post).toEqual([{ html: 'old' }]);
  });

  it('goes on where it was stopped', async () => {
    const stopping = new AbortController();
    expect(await work({ stopping: stopping.signal, onProgress: () => stopping.abort() })).toBe(100);
    expect(await work({})).toBe(150);
    expect(await work({})).toBe(0);
  });

  it('does what the present rules made only if all is to be done', async () => {
    await database.db.updateTable('post').set({ renderer_version: rendererVersion }).execute();
    expect(await work({})).toBe(0);
    expect(await work({ all: true })).toBe(250);
  });
});

function work(options: Partial<Parameters<typeof renderAnew>[1]>): Promise<number> {
  const never = new AbortController().signal;
  return renderAnew(database.db, { table: 'post', all: false, stopping: never, onProgress: () => {}, ...options });
}

function renderings() {
  return database.db
    .selectFrom('post')
    .select((select) => ['html', 'renderer_version', select.fn.countAll().as('count')])
    .groupBy(['html', 'renderer_version'])
    .orderBy('count', 'desc')
    .execute();
}
