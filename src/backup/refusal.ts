/** Why nothing was done: one sentence for the person at the command line. */
export interface Refusal {
  readonly refused: string;
}

/**
 * Ends the work on a backup for a reason that a person can understand. The message is a whole sentence, or follows on the
 * name of the file where it begins in lower case.
 */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/**
 * The refusal that an error stands for.
 *
 * @throws the error itself, where it is none that a person could do something about.
 */
export function refusalOf(error: unknown, file: string): Refusal {
  const { name, message, code, syscall } = error as NodeJS.ErrnoException;
  if (name === 'RefusedError') return { refused: /^\p{Lu}/u.test(message) ? message : `${file} ${message}.` };
  const reason = syscall === 'connect' ? undefined : reasons[code ?? ''];
  if (reason) return { refused: `${file} ${reason}.` };
  throw error;
}

// What can be wrong with a file, by the codes of the operating system and of zlib. A database that cannot be reached has
// some of them too, when connecting.
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'may not be used by this account',
  EISDIR: 'is a folder',
  ENOENT: 'cannot be reached: there is no such file or folder',
  ENOSPC: 'does not fit on the disk',
  ENOTDIR: 'cannot be reached: what should be a folder is a file',
  EPERM: 'may not be used by this account',
  EROFS: 'lies on a disk that cannot be written',
  Z_BUF_ERROR: 'is damaged: it ends too early',
  Z_DATA_ERROR: 'is not a backup of Rejoinder, or is damaged',
};
