import type { CommentLinks } from '../text/comment-markdown.ts';
import { addressIn } from './address-in-name.ts';
import { normaliseHost } from './hosts.ts';

/** Where a comment leads to, with all its fields. */
export interface Links {
  /** Links in the text, and one for a website. */
  readonly count: number;
  /** Where they lead, and where an address in the name would: each once, as `normaliseHost` writes it, so many at most. */
  readonly hosts: readonly string[];
  /** Whether the name looks like an address, or has one in it. */
  readonly inName: boolean;
  readonly inWebsite: boolean;
}

/** More places than anybody leads to who means well: what comes after them counts, but is not looked at. */
const mostHosts = 100;

/**
 * Reads what the rules for links look at.
 *
 * @param text where the rendered text leads.
 * @param website as it is stored.
 */
export function readLinks({
  text,
  website,
  name,
}: {
  text: CommentLinks;
  website: string | null | undefined;
  name: string;
}): Links {
  const websiteHost = website ? URL.parse(website)?.hostname : undefined;
  const nameHost = addressIn(name);
  const hosts = [nameHost, websiteHost, ...text.hosts].flatMap((host) => (host ? normaliseHost(host) : []));
  return {
    count: text.addresses.length + (website ? 1 : 0),
    hosts: [...new Set(hosts)].slice(0, mostHosts),
    inName: nameHost !== undefined,
    inWebsite: Boolean(website),
  };
}
