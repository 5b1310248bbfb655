import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Stats } from 'node:fs';

/** A user of the machine other than root, whom Postgres runs as because it refuses to run as root. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const nobody: Account = { uid: 65_534, gid: 65_534 };

/** Who runs Postgres over a folder when root starts it: the folder's owner, or nobody where that is root. */
export function accountOf(folder: Stats): Account {
  return folder.uid === 0 ? nobody : { uid: folder.uid, gid: folder.gid };
}

/**
 * Whether an account can enter a folder or run a program, or, with `write`, add to a folder. Asks the system itself, as
 * that account: mode bits alone say nothing of the folders above, nor of access lists.
 */
export async function canReach(account: Account | undefined, path: string, how?: 'write'): Promise<boolean> {
  const test = how === 'write' ? '[ -x "$1" ] && [ -w "$1" ]' : '[ -x "$1" ]';
  const child = spawn('/bin/sh', ['-c', test, 'sh', path], { ...account, cwd: '/', stdio: 'ignore' });
  const [status] = await once(child, 'exit');
  return status === 0;
}
