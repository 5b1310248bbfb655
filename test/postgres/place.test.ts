import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { findPlace } from '../../src/postgres/place.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rejoinder-place-'));
  await writeFile(join(folder, 'file'), '');
  await symlink('nowhere', join(folder, 'dangling'));
  await symlink('round', join(folder, 'round'));
});
afterAll(() => rm(folder, { recursive: true }));

it.each(['file', 'file/below', 'file/far/below', 'dangling', 'round', 'x'.repeat(300)])(
  'says in one sentence that the data cannot lie in %s',
  async (name) => {
    const dataDir = join(folder, name);
    const sentence = `DATA_DIR holds “${dataDir}”, but takes a folder, or a place where one can be made.`;
    await expect(findPlace(dataDir)).rejects.toMatchObject({ name: 'EmbeddedPostgresError', message: sentence });
  },
);

(process.platform === 'linux' ? it : it.skip)('does not try for ever where there can be no folder', async () => {
  await expect(findPlace('/proc/rejoinder/data')).rejects.toThrow('DATA_DIR holds “/proc/rejoinder/data”');
});

it('makes what is missing', async () => {
  const place = await findPlace(join(folder, 'new', 'and', 'deep'));
  expect(place.elsewhere || place.folder.endsWith(join('new', 'and', 'deep', 'postgres'))).toBe(true);
});
