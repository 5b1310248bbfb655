import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What is asked for. */
export interface Asked {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An encoded form: then it is sent by POST. */
  readonly form?: string;
}

/** An answer, as far as a load needs it. */
export interface Answer {
  readonly status: number;
  /** Lines of the header, as they came. */
  readonly head: string;
  readonly body: Buffer;
}

/** A connection that is kept and carries one request after the other. */
export interface Connection {
  /** @throws where the server ends the connection instead of answering. */
  ask(request: Buffer): Promise<Answer>;
  close(): void;
}

/**
 * Writes a request as it is sent. The load has to cost less than what it measures: what is asked for again and again is
 * written once.
 */
export function encodeRequest({ path, headers = {}, form }: Asked): Buffer {
  const formHeaders = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  const length = form === undefined ? {} : { 'content-length': String(Buffer.byteLength(form)) };
  const all = { host: 'localhost', ...formHeaders, ...length, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${form === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${form ?? ''}`);
}

/** Opens a connection to a server of this machine. */
export async function openConnection(port: number): Promise<Connection> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  await once(socket, 'connect');
  return overSocket(socket);
}

function overSocket(socket: Socket): Connection {
  let chunks: Buffer[] = [];
  let waiting: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;
  const fail = (error: Error) => {
    waiting?.reject(error);
    waiting = undefined;
  };
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('The server closed the connection.')));
  let missing: number | undefined;
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    if (missing !== undefined) {
      missing -= chunk.length;
      if (missing > 0) return;
    }
    const answer = readAnswer(chunks);
    if (typeof answer === 'number') missing = answer;
    if (typeof answer !== 'object') return;
    chunks = [];
    missing = undefined;
    const { resolve } = waiting ?? {};
    waiting = undefined;
    resolve?.(answer);
  });
  return {
    ask(request) {
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      });
    },
    close: () => socket.destroy(),
  };
}

const endOfHead = Buffer.from('\r\n\r\n');
const endOfChunks = Buffer.from('\r\n0\r\n\r\n');

/** @returns how many bytes are missing, where that can be said; undefined where it cannot. */
function readAnswer(chunks: readonly Buffer[]): Answer | number | undefined {
  const [first] = chunks;
  const bytes = chunks.length === 1 && first ? first : Buffer.concat(chunks);
  const end = bytes.indexOf(endOfHead);
  if (end < 0) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const status = Number(head.slice(9, 12));
  const body = bytes.subarray(end + endOfHead.length);
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  if (length !== undefined) {
    const missing = Number(length) - body.length;
    return missing > 0 ? missing : { status, head, body };
  }
  if (status === 304 || status === 204) return { status, head, body };
  return bytes.subarray(-endOfChunks.length).equals(endOfChunks) ? { status, head, body: joinChunks(body) } : undefined;
}

function joinChunks(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = body.indexOf('\r\n', at);
    const length = Number.parseInt(body.toString('latin1', at, end), 16);
    if (!(length > 0)) return Buffer.concat(parts);
    parts.push(body.subarray(end + 2, end + 2 + length));
    at = end + 2 + length + 2;
  }
}

/** Asks once, on a connection of its own. @throws where the answer has another status than the one expected. */
export async function askOnce(port: number, asked: Asked, expected = 200): Promise<Answer> {
  const connection = await openConnection(port);
  try {
    const answer = await connection.ask(encodeRequest(asked));
    if (answer.status !== expected) throw new Error(`${asked.path} answered ${answer.status}, not ${expected}.`);
    return answer;
  } finally {
    connection.close();
  }
}

let networks = 0;

/** The header by which a proxy says where a request comes from: each time from another network. */
export function fromNewNetwork(): { 'x-forwarded-for': string } {
  networks += 1;
  return { 'x-forwarded-for': `10.${(networks >> 16) & 255}.${(networks >> 8) & 255}.${networks & 255}` };
}

/** A line of an answer's header; undefined where it is not there. */
export function headerOf({ head }: Pick<Answer, 'head'>, name: string): string | undefined {
  return new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim();
}

/** What a browser sends back of the cookies that an answer set. */
export function cookiesOf({ head }: Pick<Answer, 'head'>): string {
  const lines = [...head.matchAll(/^set-cookie: *([^;\r]*)(.*)$/gim)];
  return lines.flatMap(([, pair = '', rest = '']) => (/max-age=0/i.test(rest) ? [] : [pair])).join('; ');
}
