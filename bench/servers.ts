import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';

/** A server in a process of its own. */
export interface MeasuredServer {
  readonly port: number;
  /** CPU time that its process has used so far, in microseconds. */
  cpu(): Promise<number>;
  stop(): Promise<void>;
}

/** What a bare server answers to every request. */
export interface BareAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Starts the site as it runs in production, on a database that is filled already. */
export function startSiteServer(databaseUrl: string): Promise<MeasuredServer> {
  return start('site-process.ts', { DATABASE_URL: databaseUrl });
}

/** Starts a `node:http` server that does nothing but answer. */
export function startBareServer({ status, headers, body }: BareAnswer): Promise<MeasuredServer> {
  const { connection, 'keep-alive': keepAlive, 'transfer-encoding': encoding, date, ...own } = headers;
  return start('bare-process.ts', {}, { status, headers: own, body: body.toString('base64') });
}

async function start(file: string, environment: Record<string, string>, task?: object): Promise<MeasuredServer> {
  const child = fork(join(import.meta.dirname, file), {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  if (task) child.send(task);
  const port = await next(child);
  return {
    port,
    async cpu() {
      child.send('cpu');
      return next(child);
    },
    async stop() {
      child.send('stop');
      await ended;
    },
  };
}

/** The next number that a process sends. @throws where it ends instead. */
async function next(child: ChildProcess): Promise<number> {
  const heard = new AbortController();
  try {
    const message = once(child, 'message', { signal: heard.signal });
    const end = once(child, 'exit', { signal: heard.signal });
    const [first] = await Promise.race([
      message,
      end.then(() => Promise.reject(new Error('A measured server ended.'))),
    ]);
    return Number(first);
  } finally {
    heard.abort();
  }
}
