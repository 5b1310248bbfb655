import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { addPost } from '../support/posts.ts';
import { approved, plantThread } from '../support/threads.ts';
import { type Ended, killLeftovers, runCommand } from './spawned.ts';

jest.setTimeout(60_000);

const password = 'correct horse battery staple';

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'rejoinder-command-'));
});
afterAll(async () => {
  killLeftovers();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

describe('the command line', () => {
  it.each([['help'], []])('lists all commands, each with an example, when asked %j', async (...words) => {
    const { code, output, errors } = await run(words);
    expect([code, errors]).toEqual([0, '']);
    for (const command of ['owner create', 'backup', 'restore', 'render', 'learn', 'help']) {
      expect(output).toMatch(new RegExp(`^  ${command}\\b.*\\n .*\\n      npm run rejoinder -- ${command}`, 'm'));
    }
  });

  it.each([['dance'], ['owner'], ['owner', 'dance']])(
    'does not know “%s %s”, and says what there is',
    async (...words) => {
      const { code, output, errors } = await run(words);
      expect([code, output]).toEqual([2, '']);
      expect(errors.startsWith(`There is no command “${words.join(' ')}”.\n`)).toBe(true);
      expect(errors).toContain('owner create');
    },
  );

  it.each([
    ['owner create', '--email', 'ada@site.example'],
    ['owner create', '--email', 'ada@site.example', '--name', 'Ada'],
    ['owner create', '--email', 'ada@site.example', '--name', 'Ada', '--password', 'on the command line'],
    ['backup'],
    ['backup', 'one.tar.gz', 'two.tar.gz'],
    ['restore'],
    ['render', '--everything'],
    ['learn', '--everything'],
  ])('explains a misspelt command with an example: %s', async (name, ...words) => {
    const { code, output, errors } = await run([...name.split(' '), ...words]);
    expect([code, output]).toEqual([2, '']);
    expect(errors).toContain(`For example: npm run rejoinder -- ${name}`);
    expect(errors).not.toMatch(/\n\s+at /);
  });

  it('says in one sentence what is wrong with the configuration', async () => {
    const { code, errors } = await runCommand(['render'], { LOG_LEVEL: 'loud' });
    expect(code).toBe(1);
    expect(errors).toMatch(/^LOG_LEVEL holds “loud”, but takes [^\n]+\.\n$/);
  });

  it('says in one sentence why the database refuses', async () => {
    const { code, errors } = await runCommand(['render'], {
      DATABASE_URL: database.url.replace(/test_\w+/, 'nowhere'),
    });
    expect([code, errors]).toEqual([1, 'The database of DATABASE_URL refuses: database "nowhere" does not exist.\n']);
  });
});

describe('owner create', () => {
  const create = (name: string, typed: string) =>
    run(['owner', 'create', '--email', 'Ada@Site.example', '--name', name, '--password-stdin'], typed);

  it('says what is wrong, and makes nothing', async () => {
    const { code, output, errors } = await create('', 'short');
    expect([code, output]).toEqual([1, '']);
    expect(errors).toContain('15 characters');
    expect(await accounts()).toEqual([]);
  });

  it('makes an owner, and prints no password', async () => {
    const { code, output, errors } = await create('Ada', `${password}\n`);
    expect([code, errors]).toEqual([0, '']);
    expect(output).toContain('Ada');
    expect(output).not.toContain(password);
    expect(await accounts()).toMatchObject([{ name: 'Ada', email: 'ada@site.example', role: 'owner' }]);
  });

  it('refuses an address that has an account', async () => {
    const { code, errors } = await create('Ada again', password);
    expect(code).toBe(1);
    expect(errors).toMatch(/^[^\n]+\.\n$/);
    expect(await accounts()).toHaveLength(1);
  });

  async function accounts() {
    const all = database.db.selectFrom('account').select(['name', 'email', 'role']);
    return all.where('email', 'is not', null).execute();
  }
});

describe('backup and restore', () => {
  it('save a site, and fill an empty database with it', async () => {
    const file = join(folder, 'site.tar.gz');
    const saved = await run(['backup', file]);
    expect([saved.code, saved.output.startsWith('Saved ')]).toEqual([0, true]);
    expect(saved.errors).toContain('post: 3 rows');

    const other = await createTestDatabase();
    const restored = await runCommand(['restore', file], { DATABASE_URL: other.url });
    expect([restored.code, restored.output.startsWith('Restored ')]).toEqual([0, true]);
    const titles = await other.db.selectFrom('post').select('title').orderBy('title').execute();
    expect(titles).toHaveLength(3);
    await other.drop();
  });

  it('say in one sentence why they refuse', async () => {
    const missing = await run(['restore', join(folder, 'missing.tar.gz')]);
    expect([missing.code, missing.output]).toEqual([1, '']);
    expect(missing.errors).toMatch(/^[^\n]+\.\n$/);
    const existing = await run(['backup', join(folder, 'site.tar.gz')]);
    expect(existing.code).toBe(1);
    expect(existing.errors).toMatch(/^[^\n]+\.\n$/);
  });
});

describe('render', () => {
  it('renders all anew, says how far it is, and has nothing left to do', async () => {
    await database.db.updateTable('post').set({ html: 'old', renderer_version: 0 }).execute();
    const first = await run(['render']);
    expect([first.code, first.output]).toEqual([0, 'Rendered anew: 3 posts.\nRendered anew: 0 comments.\n']);
    expect(first.errors).toBe('posts: 3 of 3\n');
    const again = await run(['render']);
    expect([again.output, again.errors]).toEqual(['Rendered anew: 0 posts.\nRendered anew: 0 comments.\n', '']);
    const all = await run(['render', '--all']);
    expect(all.output).toContain('Rendered anew: 3 posts.');
  });
});

describe('learn', () => {
  it('learns anew what moderators decided, says how much that was, and whether it is enough', async () => {
    const { db } = database;
    const { conversationId } = await addPost(db, { title: 'Taught by hand' });
    const [approvedId, importedId] = await plantThread(db, conversationId, [approved(undefined), approved(undefined)]);
    const { id: actor_id } = await db.selectFrom('account').select('id').limit(1).executeTakeFirstOrThrow();
    const event = { subject_kind: 'comment', subject_id: approvedId ?? 0, actor_id, created_at: new Date() } as const;
    await db
      .insertInto('event')
      .values({ ...event, action: 'approve', from_status: 'pending', to_status: 'approved' })
      .execute();
    await db
      .updateTable('comment')
      .set({ external_source: 'blog', external_id: '1' })
      .where('id', '=', importedId ?? 0)
      .execute();

    // The sample has some, too.
    const some = await run(['learn']);
    const taught =
      /^Learned 0 comments as spam and (\d+) as good, by \d+ features\.\nThere are no scores before 50 /.exec(
        some.output,
      );
    expect(some.code).toBe(0);
    expect(Number(taught?.[1])).toBeGreaterThan(0);
    const all = await run(['learn', '--imported']);
    const good = Number(taught?.[1]) + 1;
    expect(all.output).toContain(`Learned 0 comments as spam and ${good} as good`);
    expect(await db.selectFrom('learner_total').select(['good', 'imported']).execute()).toEqual([
      { good, imported: true },
    ]);
  });
});

function run(words: string[], input = ''): Promise<Ended> {
  return runCommand(words, { DATABASE_URL: database.url }, input);
}
