import { Agent, type IncomingMessage, request } from 'node:http';
import { finished } from 'node:stream/promises';
import type { Fields } from '../support/comments.ts';
import { fromOwnPage } from '../support/site.ts';
import { pick } from '../support/threads.ts';

/** Somebody's browser, which keeps its cookie, before any of the processes. */
export interface FuzzClient {
  /** Sends a form to one of the processes, and says how it was answered. */
  send(path: string, fields?: Fields): Promise<FuzzAnswer>;
  /** What was acknowledged to it: the texts of its comments by their ids; empty once deleted. */
  readonly texts: Map<number, string>;
}

/** An answer, as far as anybody asks for it. */
export interface FuzzAnswer {
  readonly status: number;
  readonly location: string;
}

/** Forms that were answered as none may be. */
export type Trouble = string[];

const agent = new Agent({ keepAlive: true, maxSockets: 40 });

/** Ends what the clients left open. For `afterAll`. */
export function hangUp(): void {
  agent.destroy();
}

/**
 * @param addresses of the processes, each as likely.
 * @param cookie of a member of the staff; guests get theirs with their first comment.
 * @param trouble hears of answers that say that the site failed.
 */
export function openFuzzClient({
  addresses,
  cookie,
  random,
  trouble,
}: {
  addresses: readonly string[];
  cookie: string | undefined;
  random: () => number;
  trouble: Trouble;
}): FuzzClient {
  let kept = cookie;
  return {
    texts: new Map(),
    async send(path, fields = {}) {
      // From anywhere, since what comes from one network is limited.
      const network = `10.${Math.floor(random() * 250)}.0.1`;
      const message = await sendForm(new URL(path, pick(random, addresses)), { fields, cookie: kept, network });
      const { statusCode: status = 0, headers } = message;
      kept ??= headers['set-cookie']?.find((line) => line.startsWith('visitor='))?.split(';', 1)[0];
      await finished(message.resume());
      if (![303, 403, 404, 409, 410, 422, 429].includes(status))
        trouble.push(`${status} for ${path} with ${JSON.stringify(fields)}`);
      return { status, location: headers.location ?? '' };
    },
  };
}

function sendForm(
  url: URL,
  { fields, cookie, network }: { fields: Fields; cookie: string | undefined; network: string },
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = {
    ...fromOwnPage,
    'Content-Type': 'application/x-www-form-urlencoded',
    'X-Forwarded-For': network,
    ...(cookie !== undefined && { Cookie: cookie }),
  };
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    for (const each of [value].flat()) form.append(name, String(each));
  request(url, { method: 'POST', agent, headers }, resolve).once('error', reject).end(form.toString());
  return promise;
}
