import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import type { MeasuredServer } from './servers.ts';

/** What one client asks for. */
export interface LoadRequest {
  readonly path: string;
  /** An encoded form: then it is sent by POST. */
  readonly form?: string;
  /** The status that counts as an answer; 200 where none is given. */
  readonly expect?: number;
}

/** What a load found: rates per second, times in milliseconds, CPU of the server process in microseconds per request. */
export interface Measurement {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly bytes: number;
  readonly cpu: number;
  /** The last answer, for a server that imitates it. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const warmUpSeconds = 1;

/**
 * Lets clients ask one request after the other, over connections that are kept, after a warm-up that does not count.
 *
 * @throws where an answer has another status than the one expected: then nothing was measured.
 */
export async function measure(
  server: MeasuredServer,
  load: { readonly clients: number; readonly seconds: number; readonly request: () => LoadRequest },
): Promise<Measurement> {
  await run(server, { ...load, seconds: warmUpSeconds });
  const cpuBefore = await server.cpu();
  const { times, last, elapsed } = await run(server, load);
  const cpu = (await server.cpu()) - cpuBefore;
  const sorted = times.sort((a, b) => a - b);
  return {
    perSecond: times.length / elapsed,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    bytes: last.body.length,
    cpu: cpu / times.length,
    headers: last.headers,
    body: last.body,
  };
}

async function run(
  server: MeasuredServer,
  load: { readonly clients: number; readonly seconds: number; readonly request: () => LoadRequest },
): Promise<{ times: number[]; last: Answer; elapsed: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.clients });
  const times: number[] = [];
  const began = performance.now();
  const end = began + load.seconds * 1000;
  let last: Answer | undefined;
  const client = async () => {
    while (performance.now() < end) {
      const asked = load.request();
      const start = performance.now();
      last = await ask(agent, server.port, asked);
      times.push(performance.now() - start);
      const expected = asked.expect ?? 200;
      if (last.status !== expected) throw new Error(`${asked.path} answered ${last.status}, not ${expected}.`);
    }
  };
  await Promise.all(Array.from({ length: load.clients }, client));
  agent.destroy();
  if (!last) throw new Error('No request was answered.');
  return { times, last, elapsed: (performance.now() - began) / 1000 };
}

function ask(agent: Agent, port: number, { path, form }: LoadRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
    const asked = request({ agent, port, path, headers, method: form === undefined ? 'GET' : 'POST' }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    asked.on('error', reject);
    asked.end(form);
  });
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
