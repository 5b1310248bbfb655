import { modeOf } from './closing.ts';
import type { ReplyTerms } from './conversation.ts';
import type { Facts } from './judge.ts';
import type { ReadText } from './read-text.ts';

const day = 86_400_000;

/** What a text, the name over it and its place say by themselves. */
export function factsOf(
  { links, disguised, fingerprint }: ReadText,
  {
    staffRole,
    terms: { site, conversation, post },
    now,
  }: {
    staffRole: Facts['staffRole'];
    terms: Pick<ReplyTerms, 'site' | 'conversation' | 'post'>;
    now: Date;
  },
): Pick<Facts, 'staffRole' | 'mode' | 'links' | 'hosts' | 'nameLink' | 'disguised' | 'comparedWords' | 'postAgeDays'> {
  const published = post.published_at ?? now;
  return {
    staffRole,
    mode: modeOf({ mode: conversation.mode, siteMode: site.comment_mode }),
    links: links.count,
    hosts: links.hosts,
    nameLink: links.inName,
    disguised,
    comparedWords: fingerprint?.length,
    postAgeDays: Math.max(0, Math.floor((now.getTime() - published.getTime()) / day)),
  };
}
