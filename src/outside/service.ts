/** A service elsewhere that says what it thinks of comments, as Akismet does and those who speak its interface. */
export interface OutsideService {
  /** Its address with the version, ended by a slash: `https://rest.akismet.com/1.1/`. As `readServiceUrl` takes it. */
  readonly url: string;
  /** What the service knows the owner by. */
  readonly key: string;
  /** The public address of this site. */
  readonly blog: string;
  /** Whether the owner chose to send the network address of a writer and the name of the browser; Akismet itself asks for the address. */
  readonly sharesNetwork: boolean;
}

/** Why an address is none of a service. */
export type ServiceUrlProblem = 'no_url' | 'not_https' | 'more_than_a_place';

const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/**
 * Reads the address of a service. What is written to it nobody on the way may read: only `https`, or this machine itself.
 *
 * @returns the address, ended by a slash.
 */
export function readServiceUrl(text: string): { readonly url: string } | { readonly problem: ServiceUrlProblem } {
  const url = URL.parse(text.trim());
  if (!url || !/^https?:$/.test(url.protocol)) return { problem: 'no_url' };
  if (url.protocol === 'http:' && !loopback.test(url.hostname)) return { problem: 'not_https' };
  if (url.username || url.password || url.search || url.hash) return { problem: 'more_than_a_place' };
  return { url: url.href.endsWith('/') ? url.href : `${url.href}/` };
}
