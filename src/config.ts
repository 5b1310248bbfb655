import { isIP } from 'node:net';
import { resolve } from 'node:path';

/** What the environment decides, read once at the start. Everything else is a setting in the database. */
export interface Config {
  /** TCP port to listen on; 0 takes a free one. */
  readonly port: number;
  /** Address to listen on. */
  readonly host: string;
  /** The site's public address without a trailing slash, or none: then whatever name a request came by is taken as the site's own. */
  readonly baseUrl: string | undefined;
  /** How many processes answer on that port, each of them the whole site. */
  readonly webProcesses: number;
  /** The Postgres to use; none means an embedded one under `dataDir`. */
  readonly databaseUrl: string | undefined;
  /** Absolute folder of everything that is kept on disk. */
  readonly dataDir: string;
  /** The mail server; none means that mail is written as `.eml` files under `dataDir`. */
  readonly smtpUrl: string | undefined;
  /** Comments that one network may post in an hour; 0 means no limit. */
  readonly commentLimit: number;
  /** Whether a first start fills the empty site with sample content. */
  readonly sampleContent: boolean;
  readonly logLevel: LogLevel;
  /** What Express is told about proxies in front: a number of hops, `true`/`false`, or a list of addresses. */
  readonly trustProxy: boolean | number | string;
  /** Who may read `/metrics`: programs on this machine, or anyone. */
  readonly metrics: 'loopback' | 'public';
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A variable holds what it cannot take. The message is one sentence for whoever starts the site. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the environment.
 *
 * @throws ConfigError naming the variable, what it holds and what it takes.
 */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const value = (name: string): string | undefined => environment[name]?.trim() || undefined;
  return {
    port: wholeNumber('PORT', value('PORT'), { fallback: 3000, most: 65_535 }),
    host: value('HOST') ?? '127.0.0.1',
    baseUrl: webAddress(value('BASE_URL')),
    webProcesses: wholeNumber('WEB_PROCESSES', value('WEB_PROCESSES'), { fallback: 1, least: 1, most: 32 }),
    databaseUrl: addressOf('DATABASE_URL', value('DATABASE_URL'), ['postgres:', 'postgresql:']),
    dataDir: resolve(value('DATA_DIR') ?? 'data'),
    smtpUrl: mailServer(value('SMTP_URL')),
    commentLimit: wholeNumber('COMMENT_LIMIT', value('COMMENT_LIMIT'), { fallback: 60, most: 1_000_000 }),
    sampleContent: oneOf('SAMPLE_CONTENT', value('SAMPLE_CONTENT') ?? 'yes', ['yes', 'none']) === 'yes',
    logLevel: oneOf('LOG_LEVEL', value('LOG_LEVEL') ?? 'info', logLevels),
    trustProxy: proxies(value('TRUST_PROXY')),
    metrics: oneOf('METRICS', value('METRICS') ?? 'loopback', ['loopback', 'public']),
  };
}

/** The address that links in feeds and mail start with. */
export function publicAddress(config: Pick<Config, 'baseUrl' | 'port'>): string {
  return config.baseUrl ?? `http://localhost:${config.port}`;
}

/** The host of the public address, as browsers write it. */
export function ownHost(config: Pick<Config, 'baseUrl' | 'port'>): string | undefined {
  return URL.parse(publicAddress(config))?.hostname;
}

function wholeNumber(
  name: string,
  value: string | undefined,
  { fallback, least = 0, most }: { fallback: number; least?: number; most: number },
): number {
  if (value === undefined) return fallback;
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most)) refuse(name, value, `a whole number from ${least} to ${most}`);
  return number;
}

function oneOf<Choice extends string>(name: string, value: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((each) => each === value);
  if (!choice) refuse(name, value, `one of: ${choices.join(', ')}`);
  return choice;
}

function webAddress(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const url = URL.parse(value);
  const usable =
    url && ['http:', 'https:'].includes(url.protocol) && url.pathname === '/' && !url.search && !url.username;
  if (!usable) refuse('BASE_URL', value, 'an http or https address without a path, such as https://blog.example');
  return url.origin;
}

// These addresses may hold a password, so the sentence does not repeat them.
function addressOf(name: string, value: string | undefined, schemes: readonly string[]): string | undefined {
  if (value === undefined) return undefined;
  if (!schemes.includes(URL.parse(value)?.protocol ?? '')) {
    refuse(
      name,
      'something else',
      `an address that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
    );
  }
  return value;
}

// Without a host, mail would go to whatever listens on this machine.
function mailServer(value: string | undefined): string | undefined {
  const address = addressOf('SMTP_URL', value, ['smtp:', 'smtps:']);
  if (address !== undefined && !URL.parse(address)?.hostname) {
    refuse('SMTP_URL', 'no name of a mail server', 'an address such as smtp://mail.example:587');
  }
  return address;
}

function proxies(value: string | undefined): boolean | number | string {
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  if (/^\d{1,2}$/.test(value)) return Number(value);
  if (value.split(',').every((part) => isProxy(part.trim()))) return value;
  const list = 'a list of their addresses, such as loopback, 10.0.0.0/8';
  return refuse('TRUST_PROXY', value, `a number of proxies, true, false, or ${list}`);
}

// What Express takes; it would throw on anything else.
function isProxy(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [address = '', length, ...more] = text.split('/');
  const bits = { 4: 32, 6: 128 }[isIP(address)];
  if (bits === undefined || address.includes('%') || more.length > 0) return false;
  return length === undefined || (/^[1-9]\d{0,2}$/.test(length) && Number(length) <= bits);
}

function refuse(name: string, value: string, takes: string): never {
  throw new ConfigError(`${name} holds “${value}”, but takes ${takes}.`);
}
