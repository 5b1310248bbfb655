import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { withClient } from '../../src/backup/client.ts';
import { pieceBytes } from '../../src/backup/format.ts';
import { restoreBackup } from '../../src/backup/restore.ts';
import { seal } from '../../src/backup/seal.ts';
import { showServing } from '../../src/backup/serving.ts';
import { readTar } from '../../src/backup/tar.ts';
import { writeBackup } from '../../src/backup/write.ts';
import { createPool } from '../../src/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { layLine } from '../support/database-line.ts';
import { contentOf, emptySchema, fillSite } from './full-site.ts';

const now = () => new Date('2026-11-21T20:00:00Z');
const quietly = { onProgress: () => {}, stopping: new AbortController().signal };

let folder: string;
let site: TestDatabase;
let empty: TestDatabase;
let file: string;
let untouched: Awaited<ReturnType<typeof contentOf>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rejoinder-backup-'));
  file = join(folder, 'site.tar.gz');
  site = await createTestDatabase();
  await fillSite(site.pool);
  await writeBackup(site.pool, { file, now, ...quietly });
  empty = await createTestDatabase();
  untouched = await contentOf(empty.pool);
});
// Whatever was refused, it changed nothing.
afterEach(async () => {
  expect(await contentOf(empty.pool)).toEqual(untouched);
});
afterAll(async () => {
  await Promise.all([site.drop(), empty.drop()]);
  await rm(folder, { recursive: true });
});

describe('A backup', () => {
  it('that fails says so at once, though nothing is heard of the database any more', async () => {
    const line = await layLine(site.url);
    const pool = createPool(line.url, () => {});
    const failed = withClient(pool, async (client) => {
      await client.query('select 1');
      line.hold();
      throw new Error('The disk is full.');
    });
    await expect(failed).rejects.toThrow('The disk is full.');
    line.mend();
    await pool.end();
    await line.close();
  });
});

/** Why a file was not restored. */
async function refusalFor(content: Buffer): Promise<string> {
  const path = join(folder, 'other.tar.gz');
  await writeFile(path, content);
  const result = await restoreBackup(empty.pool, { file: path, ...quietly });
  return 'refused' in result ? result.refused.replace(path, 'FILE') : 'not refused';
}

/** The backup with some of its files exchanged, and sealed anew as if it had been made so. */
async function rewrite(change: (name: string, content: Buffer) => Buffer | undefined): Promise<Buffer> {
  async function* changed() {
    for await (const { name, content } of readTar(bytesOf(gunzipSync(await readFile(file))), pieceBytes)) {
      const kept = name === 'SHA256SUMS' ? undefined : change(name, content);
      if (kept) yield { name, content: kept };
    }
  }
  return gzipSync(await buffer(seal(changed(), now())));
}

async function* bytesOf(buffer: Buffer): AsyncGenerator<Buffer> {
  yield buffer;
}

function withHeader(change: (header: Record<string, unknown> & { migrations: string[] }) => object): Promise<Buffer> {
  return rewrite((name, content) =>
    name === 'backup.json' ? Buffer.from(JSON.stringify(change(JSON.parse(content.toString())))) : content,
  );
}

describe('a file that is not a whole backup changes nothing', () => {
  it('where it is empty, or something else', async () => {
    expect(await refusalFor(Buffer.alloc(0))).toBe('FILE is damaged: it ends too early.');
    expect(await refusalFor(Buffer.from('-- a dump of something'))).toBe(
      'FILE is not a backup of Rejoinder, or is damaged.',
    );
    expect(await refusalFor(gzipSync('-- a dump of something'.repeat(100)))).toMatch(/^FILE is damaged: /);
    expect(await refusalFor(await withHeader(() => ({ program: 'another' })))).toBe(
      'FILE is not a backup of Rejoinder.',
    );
    expect(await refusalFor(await rewrite((name, content) => (name === 'backup.json' ? undefined : content)))).toBe(
      'FILE is not a backup of Rejoinder.',
    );
  });

  it('wherever it is cut off', async () => {
    const whole = await readFile(file);
    for (const length of [1, 10, 500, whole.length >> 1, whole.length - 9, whole.length - 8, whole.length - 1]) {
      expect(await refusalFor(whole.subarray(0, length))).toBe('FILE is damaged: it ends too early.');
    }
    const plain = gunzipSync(whole);
    for (const length of [
      1,
      511,
      512,
      600,
      plain.length >> 1,
      plain.length - 1024,
      plain.length - 512,
      plain.length - 1,
    ]) {
      expect(await refusalFor(gzipSync(plain.subarray(0, length)))).toMatch(/^FILE is damaged: /);
    }
  });

  it('whichever byte of it is another', async () => {
    const whole = await readFile(file);
    // The bytes from 4 to 9 hold a time and a system that nobody reads.
    for (const at of [
      0,
      1,
      2,
      3,
      10,
      11,
      100,
      whole.length >> 2,
      whole.length >> 1,
      whole.length - 20,
      whole.length - 8,
      whole.length - 1,
    ]) {
      expect(await refusalFor(flipped(whole, at))).toMatch(/^FILE is (not a backup of Rejoinder, or is )?damaged/);
    }
  });

  it('whichever of its files has another byte', async () => {
    const plain = gunzipSync(await readFile(file));
    for await (const { name, content } of readTar(bytesOf(plain), pieceBytes)) {
      const at = plain.indexOf(content) + (content.length >> 1);
      expect([name, await refusalFor(gzipSync(flipped(plain, at)))]).toEqual([
        name,
        'FILE is damaged: its content does not match its checksums.',
      ]);
      const inHeader = plain.indexOf(content) - 512;
      expect(await refusalFor(gzipSync(flipped(plain, inHeader)))).toBe(
        'FILE is damaged: a header in it is not what it should be.',
      );
    }
  });

  it('where a table is missing, or part of one', async () => {
    expect(await refusalFor(await rewrite((name, content) => (name.includes('/comment.') ? undefined : content)))).toBe(
      'FILE is damaged: the table “comment” is not complete.',
    );
    const shorter = (content: Buffer) => content.subarray(content.indexOf(10) + 1);
    expect(
      await refusalFor(await rewrite((name, content) => (name.includes('/mail.') ? shorter(content) : content))),
    ).toBe('FILE is damaged: the table “mail” is not complete.');
  });

  it('where it was whole, but breaks a rule of the database', async () => {
    const unruly = await rewrite((name, content) =>
      name.includes('/conversation.') ? Buffer.from(content.toString().replace('open', 'ajar')) : content,
    );
    await expect(refusalFor(unruly)).rejects.toThrow('conversation_mode');
  });
});

describe('a backup of a newer version is refused', () => {
  it('where its layout is not known here', async () => {
    expect(await refusalFor(await withHeader((header) => ({ ...header, format: 2 })))).toBe(
      'FILE was made by a newer version of Rejoinder: update this one first.',
    );
  });

  it('where its tables are not known here', async () => {
    const newer = await withHeader((header) => ({ ...header, migrations: [...header.migrations, '999-next'] }));
    expect(await refusalFor(newer)).toBe(
      'FILE was made by a newer version of Rejoinder, which has “999-next”: update this one first.',
    );
  });
});

describe('a backup is restored only where nothing can be lost', () => {
  it('not over a site', async () => {
    const before = await contentOf(site.pool);
    const result = await restoreBackup(site.pool, { file, ...quietly });
    expect(result).toEqual({
      refused: expect.stringMatching(
        /^The database holds a site already \(rows in account, browser, conversation, …\): restore into an empty one\.$/,
      ),
    });
    expect(await contentOf(site.pool)).toEqual(before);
  });

  it('not over a site that has no more than an owner', async () => {
    const owned = await createTestDatabase();
    await owned.pool.query(
      `insert into account (handle, name, role, created_at) values ('owner', 'Owner', 'owner', now())`,
    );
    expect(await restoreBackup(owned.pool, { file, ...quietly })).toEqual({
      refused: 'The database holds a site already (rows in account): restore into an empty one.',
    });
    await owned.drop();
  });

  it('not among the tables of another program', async () => {
    const shared = await createTestDatabase();
    await emptySchema(shared.pool);
    await shared.pool.query('create table invoice (id integer)');
    expect(await restoreBackup(shared.pool, { file, ...quietly })).toEqual({
      refused: 'The database holds tables of another program: restore into an empty one.',
    });
    await shared.drop();
  });

  it('not while the site is running', async () => {
    const sign = await showServing(empty.pool);
    expect(await refusalFor(await readFile(file))).toBe(
      'The site is running, or is being restored already: stop it first.',
    );
    await sign.remove();
  });
});

describe('a backup is not written', () => {
  it('over a file that exists', async () => {
    const before = await readFile(file);
    expect(await writeBackup(site.pool, { file, now, ...quietly })).toEqual({
      refused: `${file} exists already, and a backup never replaces a file.`,
    });
    expect(await readFile(file)).toEqual(before);
  });

  it('where there is no such folder', async () => {
    const lost = join(folder, 'nowhere', 'site.tar.gz');
    expect(await writeBackup(site.pool, { file: lost, now, ...quietly })).toEqual({
      refused: `${lost} cannot be reached: there is no such file or folder.`,
    });
  });

  it('of a database without a site', async () => {
    const blank = await createTestDatabase();
    await emptySchema(blank.pool);
    const nothing = join(folder, 'nothing.tar.gz');
    expect(await writeBackup(blank.pool, { file: nothing, now, ...quietly })).toEqual({
      refused: 'There is nothing to save: the database holds no site.',
    });
    expect(await readdir(folder)).not.toContain('nothing.tar.gz');
    await blank.drop();
  });

  it('to its end where it is stopped, and leaves nothing behind', async () => {
    const stopped = new AbortController();
    const half = join(folder, 'half.tar.gz');
    const written = writeBackup(site.pool, {
      file: half,
      now,
      onProgress: () => stopped.abort(),
      stopping: stopped.signal,
    });
    await expect(written).rejects.toThrow('aborted');
    expect((await readdir(folder)).filter((name) => name.startsWith('half'))).toEqual([]);
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0x10;
  return copy;
}
