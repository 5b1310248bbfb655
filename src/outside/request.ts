import type { OutsideService } from './service.ts';

/** What a service may be told of a comment. The e-mail address of its writer it never is. */
export interface ToldComment {
  readonly name: string;
  readonly website: string | null | undefined;
  /** As it was written. */
  readonly body: string;
  /** Whether it answers another comment. */
  readonly isReply: boolean;
  /** Public address of the post or page. */
  readonly permalink: string;
  readonly writtenAt: Date;
  /** Whether it was judged before, and has another text now. */
  readonly edited: boolean;
  /** Where it was sent from, as far as it is known: not any more when somebody decides later. */
  readonly network: string | undefined;
  readonly userAgent: string | undefined;
}

/** A request to a service, before it is sent. */
export interface ServiceRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The fields of a form. */
  readonly body: URLSearchParams;
}

/** What can be asked about a comment: what the service thinks, and to learn that it was spam, or was not. */
export type Question = 'comment-check' | 'submit-spam' | 'submit-ham';

/**
 * What is sent about a comment: the same fields for each question, since the service finds by them what it was asked before.
 * Where the writer sent it from only where the owner chose so.
 */
export function commentRequest(service: OutsideService, question: Question, comment: ToldComment): ServiceRequest {
  const { sharesNetwork } = service;
  return requestFor(service, question, {
    user_ip: sharesNetwork ? comment.network : undefined,
    user_agent: sharesNetwork ? comment.userAgent : undefined,
    permalink: comment.permalink,
    comment_type: comment.isReply ? 'reply' : 'comment',
    comment_author: comment.name,
    comment_author_url: comment.website,
    comment_content: comment.body,
    comment_date_gmt: comment.writtenAt.toISOString(),
    blog_charset: 'UTF-8',
    recheck_reason: comment.edited ? 'edit' : undefined,
  });
}

/** What is sent to learn whether the service knows the key. */
export function keyRequest(service: OutsideService): ServiceRequest {
  // Some who speak the interface know the field by its first name.
  return requestFor(service, 'verify-key', { key: service.key });
}

function requestFor(
  { url, key, blog }: OutsideService,
  method: Question | 'verify-key',
  fields: Readonly<Record<string, string | null | undefined>>,
): ServiceRequest {
  const given = Object.entries({ api_key: key, blog, ...fields }).flatMap(([name, value]) =>
    value ? [[name, value] as [string, string]] : [],
  );
  return {
    url: `${url}${method}`,
    headers: { 'user-agent': 'Rejoinder', accept: 'text/plain' },
    body: new URLSearchParams(given),
  };
}
