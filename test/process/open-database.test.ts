import { afterEach, describe, expect, it } from '@jest/globals';
import { openDatabase } from '../../src/process/open-database.ts';
import { createTestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { type FakePostgres, startFakePostgres } from './fake-postgres.ts';

let fake: FakePostgres | undefined;
afterEach(() => fake?.close());

describe('a database', () => {
  it('that answers is opened', async () => {
    const { url, drop } = await createTestDatabase();
    const { opening } = open(url);
    const { db, close } = await opening;
    expect(await db.selectFrom('site').select('title').execute()).toEqual([{ title: 'Rejoinder' }]);
    await close();
    await drop();
  });

  it('that is too old is refused in a sentence', async () => {
    fake = await startFakePostgres({ version: '14.13' });
    const { opening } = open(fake.url);
    await expect(opening).rejects.toMatchObject({
      name: 'StartError',
      message: 'The database server is Postgres 14.13, but Rejoinder needs 15 or newer.',
    });
  });

  it('that is just new enough is taken, also from a package of its own', async () => {
    fake = await startFakePostgres({ version: '15.0 (Debian 15.0-1)' });
    const { close } = await open(fake.url).opening;
    await close();
  });

  it('that does not exist on its server is refused in a sentence', async () => {
    const { url, drop } = await createTestDatabase();
    const { opening } = open(url.replace(/\/test_\w+/, '/nowhere'));
    await expect(opening).rejects.toMatchObject({
      name: 'StartError',
      message: 'The database of DATABASE_URL refuses: database "nowhere" does not exist.',
    });
    await drop();
  });

  it('that is away is waited for, and the wait is explained', async () => {
    const away = await startFakePostgres({ version: '18.1' });
    await away.close();
    const { opening, said } = open(away.url);
    await eventually(() => said.length > 0);
    expect(said[0]).toContain('ECONNREFUSED');
    fake = await startFakePostgres({ version: '18.1', port: Number(new URL(away.url).port) });
    const { close } = await opening;
    await close();
    expect(said).toHaveLength(1);
  });

  it('is waited for no longer when the start is called off', async () => {
    const away = await startFakePostgres({ version: '18.1' });
    await away.close();
    const { opening, said, cancel } = open(away.url);
    await eventually(() => said.length > 0);
    cancel.abort();
    await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
  });
});

function open(databaseUrl: string) {
  const said: string[] = [];
  const cancel = new AbortController();
  const opening = openDatabase(
    { databaseUrl, dataDir: '/nowhere' },
    { onError: () => {}, onWait: (reason) => said.push(reason), cancel: cancel.signal },
  );
  opening.catch(() => {});
  return { opening, said, cancel };
}
