import type { ServerResponse } from 'node:http';
import type { Subject } from '../changes/changes.ts';
import { addressOf } from './page-address.ts';

/** On what terms a page can be given to every visitor who comes without cookies. */
export interface KeepingTerms {
  /** The one address of what the page shows, path and query: under any other it is not kept. */
  readonly address: string;
  readonly subjects: readonly Subject[];
  /** When the clock changes it. */
  readonly until: Date | undefined;
}

const termsByResponse = new WeakMap<ServerResponse, KeepingTerms>();
const nextPublications = new WeakMap<ServerResponse, Date>();

/** Notes when the next post comes out by itself: until then at most, pages can be kept. */
export function setNextPublication(response: ServerResponse, next: Date | undefined): void {
  if (next) nextPublications.set(response, next);
}

/**
 * Lets a page be kept. Without this word it is made anew for everyone. Every page depends on the settings and the posts.
 *
 * @param page `parameters`: those of the query that it shows; `conversations`: ids of those that it shows something of, or
 * all; `until`: when the clock changes it, beside new posts coming out.
 */
export function keepPage(
  response: ServerResponse,
  {
    path,
    parameters = {},
    conversations = [],
    until,
  }: {
    path: string;
    parameters?: Readonly<Record<string, string | number | undefined>>;
    conversations?: readonly number[] | 'all';
    until?: Date | undefined;
  },
): void {
  const spoken: Subject[] =
    conversations === 'all' ? ['conversations'] : conversations.map((id) => `conversation ${id}` as const);
  termsByResponse.set(response, {
    address: addressOf(path, parameters),
    subjects: ['site', ...spoken],
    until: earlier(nextPublications.get(response), until),
  });
}

/** The terms that were set for a page, if it can be kept. */
export function keepingTermsOf(response: ServerResponse): KeepingTerms | undefined {
  return termsByResponse.get(response);
}

function earlier(one: Date | undefined, other: Date | undefined): Date | undefined {
  return one && other ? (one < other ? one : other) : (one ?? other);
}
