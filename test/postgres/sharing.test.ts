import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { startEmbeddedPostgres } from '../../src/postgres/embedded.ts';
import {
  cleanUp,
  eventually,
  lives,
  makeFolder,
  makeFolderWithData,
  postmasterOf,
  query,
  startHolder,
} from './holders.ts';

jest.setTimeout(30_000);
afterAll(cleanUp);

describe('several processes on one folder', () => {
  it('come up on the same Postgres when they start at once', async () => {
    const dataDir = await makeFolder();
    const holders = await Promise.all([1, 2, 3].map(() => startHolder(dataDir)));
    expect(new Set(holders.map(({ url }) => url)).size).toBe(1);
    const pid = await postmasterOf(holders[0]?.folder ?? '');
    for (const holder of holders) {
      expect(await lives(pid)).toBe(true);
      expect(await holder.stop()).toBe(0);
    }
    expect(await lives(pid)).toBe(false);
  });

  it('let a command come and go while the server runs', async () => {
    const dataDir = await makeFolderWithData();
    const server = await startHolder(dataDir);
    const command = await startEmbeddedPostgres({ dataDir });
    expect(command.url).toBe(server.url);
    await command.stop();
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
  });

  it('let a server go on with the Postgres that a command started', async () => {
    const dataDir = await makeFolderWithData();
    const command = await startHolder(dataDir);
    const server = await startEmbeddedPostgres({ dataDir });
    const pid = await postmasterOf(server.folder);
    expect(await command.stop()).toBe(0);
    await setTimeout(200);
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
    expect(await lives(pid)).toBe(false);
  });

  it('keep their Postgres when the one that started it is killed', async () => {
    const dataDir = await makeFolderWithData();
    const first = await startHolder(dataDir);
    const second = await startHolder(dataDir);
    const pid = await postmasterOf(first.folder);
    await first.kill();
    await setTimeout(200);
    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await second.kill();
    await eventually(async () => !(await lives(pid)));
  });

  it('find a Postgres whenever they come, even while the last one leaves', async () => {
    const dataDir = await makeFolderWithData();
    let leaving = await startEmbeddedPostgres({ dataDir, sync: false });
    for (const delay of [0, 1, 2, 4, 8, 16]) {
      const left = leaving.stop();
      await setTimeout(delay);
      leaving = await startEmbeddedPostgres({ dataDir, sync: false });
      await left;
      expect(await query(leaving.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    }
    await leaving.stop();
  });
});
