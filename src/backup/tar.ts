import { RefusedError } from './refusal.ts';

const block = 512;

/** One file of an archive. */
export interface ArchivedFile {
  readonly name: string;
  readonly content: Buffer;
}

/** What closes an archive. */
export const tarEnd = Buffer.alloc(2 * block);

/** A file as it stands in a tar archive: header, content, and zeros up to a whole block. */
export function tarEntry({ name, content }: ArchivedFile, time: Date): Buffer[] {
  const header = Buffer.alloc(block);
  header.write(name, 0, 100);
  header.write(octal(0o600, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(content.length, 12), 124);
  header.write(octal(Math.floor(time.getTime() / 1000), 12), 136);
  header.write('0', 156);
  header.write('ustar\0' + '00', 257);
  header.write(`${sumOf(header).toString(8).padStart(6, '0')}\0 `, 148);
  return [header, content, Buffer.alloc(paddingAfter(content.length))];
}

/**
 * Reads an archive as `tarEntry` writes it, one whole file at a time.
 *
 * @param limit size of the largest file that is taken, in bytes.
 * @throws RefusedError where the archive is cut off or damaged.
 */
export async function* readTar(bytes: AsyncIterable<Buffer>, limit: number): AsyncGenerator<ArchivedFile> {
  const source = bytes[Symbol.asyncIterator]();
  try {
    const take = takeFrom(source);
    for (let header = await take(block); !isZero(header); header = await take(block)) {
      if (header.toString('latin1', 257, 262) !== 'ustar' || sumOf(header) !== numberAt(header, 148, 8)) {
        throw new RefusedError('is damaged: a header in it is not what it should be');
      }
      const name = header.toString('utf8', 0, header.indexOf(0));
      const size = numberAt(header, 124, 12);
      if (!(size >= 0 && size <= limit)) throw new RefusedError(`is damaged: a size in it cannot be right`);
      const content = await take(size);
      await take(paddingAfter(size));
      yield { name, content };
    }
    // Read to its end, the compression's own checksum is verified too.
    if (!isZero(await take(block)) || !(await source.next()).done)
      throw new RefusedError('is damaged: it does not end where it should');
  } finally {
    await source.return?.();
  }
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}

function numberAt(header: Buffer, at: number, width: number): number {
  return Number.parseInt(header.toString('latin1', at, at + width), 8);
}

// The sum of the header's bytes, those of the sum itself counted as spaces.
function sumOf(header: Buffer): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}

function paddingAfter(size: number): number {
  return (block - (size % block)) % block;
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}

function takeFrom(source: AsyncIterator<Buffer>): (size: number) => Promise<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  return async (size) => {
    const parts = [rest];
    let length = rest.length;
    while (length < size) {
      const next = await source.next();
      if (next.done) throw new RefusedError('is damaged: it ends too early');
      parts.push(next.value);
      length += next.value.length;
    }
    const all = Buffer.concat(parts, length);
    rest = all.subarray(size);
    return all.subarray(0, size);
  };
}
