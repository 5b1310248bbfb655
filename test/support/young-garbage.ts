import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Has the young objects of this process collected that nobody holds, and says how many of these are left. */
export async function leftOver(references: readonly WeakRef<object>[]): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect: (options: { type: 'minor' }) => void = runInNewContext('gc');
  for (let times = 0; times < 2; times += 1) {
    // What was looked at in one turn of the event loop is held until the next.
    await new Promise(setImmediate);
    collect({ type: 'minor' });
  }
  return references.filter((reference) => reference.deref()).length;
}
