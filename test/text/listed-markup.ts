/**
 * What rendered texts may consist of, written down a second time: a list that grows in `src/text/` alone fails here.
 */
export interface Listed {
  /** Element names, each with the attributes that it may carry beside those of every element. */
  readonly elements: Readonly<Record<string, readonly string[]>>;
  /** Attributes that every element may carry. */
  readonly everywhere: readonly string[];
  /** Schemes of the addresses in `href`, as `URL.protocol` spells them. */
  readonly schemes: readonly string[];
  /** What a link's `rel` says. */
  readonly rel: string;
}

export const listedInComments: Listed = {
  elements: {
    ...withoutAttributes('p br em strong del code pre blockquote ul li'),
    ...{ a: ['href', 'rel'], ol: ['start'] },
  },
  everywhere: [],
  schemes: ['http:', 'https:', 'mailto:'],
  rel: 'nofollow ugc noopener',
};

export const listedInPosts: Listed = {
  elements: {
    ...withoutAttributes(
      'p blockquote pre hr ul li dl dt dd figure figcaption summary table caption thead tbody tfoot tr',
    ),
    ...withoutAttributes('b bdi br cite del dfn em i ins kbd mark q s samp small span strong sub sup u var wbr'),
    ...{ h2: ['id'], h3: ['id'], h4: ['id'], h5: ['id'], h6: ['id'] },
    ...{ a: ['href', 'title', 'rel'], abbr: ['title'], code: ['class'], details: ['open'], time: ['datetime'] },
    ...{ img: ['src', 'alt', 'title', 'width', 'height', 'loading'], ol: ['start', 'reversed'] },
    ...{ td: ['class', 'colspan', 'rowspan'], th: ['class', 'colspan', 'rowspan', 'scope'] },
  },
  everywhere: ['lang', 'dir'],
  schemes: ['http:', 'https:', 'mailto:', 'tel:'],
  rel: 'noopener',
};

/**
 * Reads rendered markup letter by letter, far more strictly than a browser would, and names the first thing that is not
 * on the list; nothing when all of it is.
 */
export function unlistedIn(markup: string, listed: Listed): string | undefined {
  const open: string[] = [];
  let rest = markup;
  while (rest !== '') {
    const [piece, slash, name = '', attributes = ''] =
      /^(?:[^<>]+|<(\/?)([a-z][a-z0-9]*)((?: [a-z]+(?:="[^"<>]*")?)*)>)/.exec(rest) ?? [];
    if (piece === undefined) return `loose “${rest.slice(0, 40)}”`;
    rest = rest.slice(piece.length);
    if (name === '') continue;
    if (!Object.hasOwn(listed.elements, name)) return piece;
    if (slash) {
      if (open.pop() !== name) return `unbalanced ${piece}`;
      continue;
    }
    const fault = [...attributes.matchAll(/ ([a-z]+)(?:="([^"]*)")?/g)].find(
      ([, attribute = '', value = '']) => !isListed(name, attribute, value, listed),
    );
    if (fault) return piece;
    if (!['br', 'hr', 'img', 'wbr'].includes(name)) open.push(name);
  }
  return open.length === 0 ? undefined : `unclosed ${open.join(' ')}`;
}

function isListed(name: string, attribute: string, value: string, listed: Listed): boolean {
  if (![...listed.everywhere, ...(listed.elements[name] ?? [])].includes(attribute)) return false;
  const text = value.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  switch (attribute) {
    case 'href':
      return listed.schemes.includes(URL.parse(text, 'http://page.example/posts/a')?.protocol ?? '');
    case 'src':
      return URL.parse(text, 'http://page.example/posts/a')?.origin === 'http://page.example';
    case 'rel':
      return text === listed.rel;
    case 'id':
      return text.startsWith('section-');
    case 'class':
      return /^(?:language-[\w+#-]{1,40}|align-(?:left|center|right))$/.test(text);
    default:
      return true;
  }
}

function withoutAttributes(names: string): Record<string, readonly string[]> {
  return Object.fromEntries(names.split(' ').map((name) => [name, []]));
}
