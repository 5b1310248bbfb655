import type { Request } from 'express';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '../database.ts';
import type { OutsideOpinion } from '../outside/answer.ts';
import { askOpinion, type Network } from '../outside/ask.ts';
import { findKey } from '../outside/keys.ts';
import type { ToldComment } from '../outside/request.ts';
import type { OutsideWord } from './judge.ts';
import type { Submission, Unasked } from './submission.ts';

/** What a service said, or that it said nothing. */
type Said = OutsideWord | 'nothing';

/** What is to be asked: as the rule is set, about a comment on a post or page. */
interface Question {
  readonly settings: Unasked['settings'];
  readonly comment: Omit<ToldComment, 'permalink'>;
  /** Path of the post. */
  readonly href: string;
}

/** Asks a service elsewhere about a comment. What goes wrong is `nothing`. */
export type AskOutside = (question: Question) => Promise<Said>;

/**
 * So many questions wait for an answer at once in one process. Where the service is slow, others are not held up by it with their forms:
 * they are answered as if it had said nothing.
 */
const mostAtOnce = 8;

/** @param siteAddress public address of this site, which the service knows it by. */
export function createAskOutside({
  db,
  logger,
  network,
  siteAddress,
}: {
  db: Kysely<Database>;
  logger: Logger;
  network: Network;
  siteAddress: string;
}): AskOutside {
  let asking = 0;
  const say = (why: string) => logger.warn({ why }, 'the service that judges comments said nothing');

  return async (question) => {
    if (asking >= mostAtOnce) {
      say('busy');
      return 'nothing';
    }
    asking += 1;
    try {
      return await ask(question);
    } finally {
      asking -= 1;
    }
  };

  async function ask({ settings, comment, href }: Question): Promise<Said> {
    const { url } = settings;
    const key = await findKey(db, url);
    if (key === undefined) return 'nothing';
    const service = { url, key, blog: `${siteAddress}/`, sharesNetwork: settings.network };
    const permalink = `${siteAddress}${href}`;
    const opinion = await askOpinion(network, { service, comment: { ...comment, permalink } });
    // What it gave as its reason may have the key in it, or the comment.
    if (opinion.kind === 'none') say(opinion.why);
    return wordOf(opinion);
  }
}

function wordOf(opinion: OutsideOpinion): Said {
  if (opinion.kind === 'none') return 'nothing';
  return opinion.kind === 'good' ? 'good' : opinion.certain ? 'discard' : 'spam';
}

/**
 * Does what may need that question answered: tries, and where it is unasked, asks and tries once more. Neither line nor lock is
 * held meanwhile.
 */
export async function askingOutside<Outcome extends { readonly kind: string }>(
  attempt: (outside: Submission['outside']) => Promise<Outcome | Unasked>,
  ask: (unasked: Unasked) => Promise<Said>,
): Promise<Exclude<Outcome, Unasked>> {
  const first = await attempt('unasked');
  const last = isUnasked(first) ? await attempt(await ask(first)) : first;
  if (isUnasked(last)) throw new RangeError('It was asked already.');
  return last as Exclude<Outcome, Unasked>;
}

function isUnasked(outcome: { readonly kind: string }): outcome is Unasked {
  return outcome.kind === 'unasked';
}

/** Where a form was sent from. A service is told only where the owner chose so. */
export function sentFrom(request: Request): Pick<ToldComment, 'network' | 'userAgent'> {
  return { network: request.ip, userAgent: request.get('user-agent') };
}
