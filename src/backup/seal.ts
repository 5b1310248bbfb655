import { createHash } from 'node:crypto';
import { pieceBytes, sumsFile } from './format.ts';
import { RefusedError } from './refusal.ts';
import { type ArchivedFile, readTar, tarEnd, tarEntry } from './tar.ts';

/** Makes an archive of files, and adds the list of their digests as its last one. */
export async function* seal(files: AsyncIterable<ArchivedFile>, time: Date): AsyncGenerator<Buffer> {
  const sums: string[] = [];
  for await (const file of files) {
    sums.push(sumLine(file));
    yield* tarEntry(file, time);
  }
  yield* tarEntry({ name: sumsFile, content: Buffer.from(sums.join('')) }, time);
  yield tarEnd;
}

/**
 * Gives back the files that were sealed, as they come. Only who reads to the end knows that they are whole: what one does
 * with them must be undone when this throws.
 *
 * @throws RefusedError where a file is missing, added, changed or out of its order.
 */
export async function* unseal(bytes: AsyncIterable<Buffer>): AsyncGenerator<ArchivedFile> {
  const sums: string[] = [];
  let sealed = false;
  for await (const file of readTar(bytes, pieceBytes)) {
    if (sealed) throw new RefusedError('is damaged: something was added at its end');
    if (file.name === sumsFile) {
      sealed = file.content.toString() === sums.join('');
      if (!sealed) throw new RefusedError('is damaged: its content does not match its checksums');
    } else {
      sums.push(sumLine(file));
      yield file;
    }
  }
  if (!sealed) throw new RefusedError('is damaged: its checksums are missing');
}

function sumLine({ name, content }: ArchivedFile): string {
  return `${createHash('sha256').update(content).digest('hex')}  ${name}\n`;
}
