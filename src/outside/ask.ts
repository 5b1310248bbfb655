import { type OutsideOpinion, readKeyAnswer, readOpinion, readThanks, type ServiceAnswer } from './answer.ts';
import { commentRequest, keyRequest, type ServiceRequest, type ToldComment } from './request.ts';
import type { OutsideService } from './service.ts';
import type { Outcome } from './table.ts';

/** By what a service is reached. */
export interface Network {
  readonly fetch: typeof fetch;
  /** How long to wait for the whole answer, in milliseconds. */
  readonly patience: number;
}

/** The network as it is, for a question that a person waits for: two seconds. */
export const shortly: Network = { fetch, patience: 2_000 };

/** The network as it is, for what a job tells: ten seconds. */
export const patiently: Network = { fetch, patience: 10_000 };

/** Asks a service what it thinks of a comment. What goes wrong is no opinion, never an error: comments do not wait for it. */
export async function askOpinion(
  network: Network,
  { service, comment }: { service: OutsideService; comment: ToldComment },
): Promise<OutsideOpinion> {
  return readOpinion(await send(network, commentRequest(service, 'comment-check', comment)));
}

/** Tells a service what became of a comment, so that it learns: that it was spam, or that it was not. */
export async function tellOutcome(
  network: Network,
  { service, comment, outcome }: { service: OutsideService; comment: ToldComment; outcome: Outcome },
): Promise<ReturnType<typeof readThanks>> {
  const question = outcome === 'spam' ? 'submit-spam' : 'submit-ham';
  return readThanks(await send(network, commentRequest(service, question, comment)));
}

/** Asks a service whether it knows the key. */
export async function verifyKey(
  network: Network,
  { service }: { service: OutsideService },
): Promise<ReturnType<typeof readKeyAnswer>> {
  return readKeyAnswer(await send(network, keyRequest(service)));
}

async function send({ fetch, patience }: Network, { url, headers, body }: ServiceRequest): Promise<ServiceAnswer> {
  try {
    // What was meant for one place is sent to no other.
    const options = {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(patience),
    } as const;
    const response = await fetch(url, options);
    const beginning = await readBeginning(response);
    return { kind: 'answered', status: response.status, body: beginning, header: (name) => response.headers.get(name) };
  } catch (error) {
    const slow = error instanceof DOMException && error.name === 'TimeoutError';
    return { kind: 'unanswered', why: slow ? 'slow' : 'unreachable' };
  }
}

/** In bytes: more than any answer of the interface has. */
const longestAnswer = 1000;

async function readBeginning(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= longestAnswer) break;
  }
  return Buffer.concat(chunks).subarray(0, longestAnswer).toString();
}
