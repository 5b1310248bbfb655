import { type LineProblem, readPastedList } from './pasted-list.ts';

/** Why a line is no entry: no host, an address that names more than its host; and too many of them. */
export type HostProblem = 'no_host' | 'more_than_a_host' | 'too_many';

/** Hosts that are looked for, made ready. */
export type HostMatcher = ReadonlySet<string>;

/** A host as it is compared: as browsers write it (lower case, international names in ASCII), without `www.` and a final dot. */
export function normaliseHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/\.+$/, '')
    .replace(/^(?:www\.)+(?=[^.]+\.)/, '');
}

/**
 * Reads a pasted list of hosts, one a line: `casino.example`, or its address. Each stands for its subdomains, too, whether
 * `*.` is written before it or not; `.example` stands for everything that ends so. `#` begins a comment.
 */
export function readHostList(text: string): {
  readonly entries: readonly string[];
  readonly problems: readonly LineProblem<HostProblem>[];
} {
  return readPastedList<HostProblem>(text, (line) => {
    const [, scheme, wildcard, rest = ''] = /^(https?:\/\/)?(\*?\.)?(.*)$/i.exec(line) ?? [];
    const url = /^[\p{L}\p{N}]/u.test(rest) ? URL.parse(`http://${rest}`) : null;
    if (!url || /[\s@]|:\/\//.test(rest)) return { problem: 'no_host' };
    if (url.pathname !== '/' || url.search !== '' || url.hash !== '') return { problem: 'more_than_a_host' };
    const host = normaliseHost(url.hostname);
    if (host.includes('.') || host.startsWith('[')) return { entry: host };
    return wildcard !== undefined && scheme === undefined ? { entry: `.${host}` } : { problem: 'no_host' };
  });
}

/** Makes a list ready for looking hosts up. */
export function compileHosts(entries: readonly string[]): HostMatcher {
  return new Set(entries.map((entry) => entry.replace(/^\./, '')));
}

/**
 * Looks for hosts, and for what they are subdomains of, in a list: however long it is, a look for each dot.
 *
 * @param hosts as `normaliseHost` writes them.
 * @returns the entry that was found first.
 */
export function findHost(matcher: HostMatcher, hosts: readonly string[]): string | undefined {
  for (const host of hosts) {
    for (let from = 0; from !== -1; from = nextLabel(host, from)) {
      const name = host.slice(from);
      if (matcher.has(name)) return name.includes('.') ? name : `.${name}`;
    }
  }
  return undefined;
}

function nextLabel(host: string, from: number): number {
  const dot = host.indexOf('.', from);
  return dot === -1 ? -1 : dot + 1;
}
