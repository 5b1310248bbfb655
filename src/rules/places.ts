import { addressIn } from './address-in-name.ts';
import { compileHosts, findHost, normaliseHost } from './hosts.ts';

/** Where a comment leads to, as far as it tells one from another who advertises. */
export interface Place {
  /** As `normaliseHost` writes it. */
  readonly host: string;
  /** The host, or on one that many share, the host with the path and what is asked for there. */
  readonly place: string;
}

/** In UTF-16 units. */
const longestPlace = 300;

/** More than anybody leads to who means well: what comes after them is not looked at. */
const mostPlaces = 20;

/**
 * Hosts where whoever likes can put something of their own under a path, or which everybody leads to: two who lead there have
 * nothing in common yet. Where each person has a host of their own, as on most that host blogs, the host says who it is.
 */
const shared = compileHosts(
  (
    'youtube.com youtu.be vimeo.com twitch.tv dailymotion.com rutube.ru tiktok.com soundcloud.com spotify.com ' +
    'facebook.com fb.com instagram.com threads.net twitter.com x.com bsky.app linkedin.com pinterest.com reddit.com ' +
    'vk.com vk.ru ok.ru dzen.ru t.me telegram.me wa.me discord.com discord.gg patreon.com ko-fi.com buymeacoffee.com paypal.com ' +
    'github.com gist.github.com gitlab.com bitbucket.org codeberg.org sr.ht sourceforge.net npmjs.com pypi.org ' +
    'stackoverflow.com stackexchange.com news.ycombinator.com habr.com medium.com dev.to livejournal.com ' +
    'google.com google.de google.fr google.co.uk google.co.il google.ru goo.gl yandex.ru yandex.com mail.ru bing.com ' +
    'duckduckgo.com dropbox.com onedrive.live.com 1drv.ms icloud.com apple.com microsoft.com amazon.com amazon.co.uk ' +
    'amazon.de ebay.com etsy.com aliexpress.com ozon.ru goodreads.com imdb.com bandcamp.com ' +
    'wikipedia.org wikimedia.org wiktionary.org wikidata.org archive.org archive.ph openstreetmap.org gutenberg.org ' +
    'imgur.com flickr.com photos.app.goo.gl pastebin.com doi.org arxiv.org pubmed.ncbi.nlm.nih.gov researchgate.net ' +
    'bit.ly tinyurl.com t.co ow.ly is.gd buff.ly linktr.ee ' +
    'nytimes.com theguardian.com bbc.com bbc.co.uk cnn.com reuters.com washingtonpost.com spiegel.de lemonde.fr ' +
    'haaretz.co.il ynet.co.il walla.co.il meduza.io'
  ).split(' '),
);

/**
 * The places that a comment leads to, each once.
 *
 * @param addresses of its links.
 * @param website as it is stored.
 */
export function placesIn({
  addresses,
  website,
  name,
}: {
  addresses: readonly string[];
  website: string | null | undefined;
  name: string;
}): Place[] {
  const nameHost = addressIn(name);
  const given = [...(nameHost ? [`http://${nameHost}/`] : []), ...(website ? [website] : []), ...addresses];
  const places = given.flatMap((address) => placeOf(address) ?? []);
  return [...new Map(places.map((each) => [each.place, each])).values()].slice(0, mostPlaces);
}

/** The places that are not of this site itself. */
export function placesElsewhere(places: readonly Place[], ownHost: string | undefined): readonly Place[] {
  if (ownHost === undefined) return places;
  const own = normaliseHost(ownHost);
  return places.filter(({ host }) => host !== own);
}

function placeOf(address: string): Place | undefined {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol)) return undefined;
  const host = normaliseHost(url.hostname);
  if (host === '') return undefined;
  const isShared = findHost(shared, [host]) !== undefined;
  const place = isShared ? `${host}${url.pathname.replace(/\/+$/, '')}${url.search}` : host;
  return { host, place: place.slice(0, longestPlace) };
}
