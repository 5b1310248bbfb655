import { countDisguised } from '../rules/disguise.ts';
import { type Fingerprint, fingerprintOf } from '../rules/fingerprint.ts';
import { type Links, readLinks } from '../rules/links.ts';
import { type Place, placesIn } from '../rules/places.ts';
import type { RenderedComment } from '../text/comment-markdown.ts';
import { textOf } from '../text/plain-text.ts';
import type { TrustedHtml } from '../text/trusted-html.ts';
import { renderVisibly } from './rendering.ts';

/** A comment as its writer gives it: name and website as they are stored, the text as it was typed. */
export interface Typed {
  readonly name: string;
  readonly website: string | null;
  readonly source: string;
}

/** What a comment says by itself, before anybody is asked about it. */
export interface ReadText extends Typed {
  readonly html: TrustedHtml;
  /** See `wordsOf`. */
  readonly words: string;
  readonly links: Links;
  /** Where it leads, see rules/places.ts. */
  readonly places: readonly Place[];
  /** Words that hide what they say. */
  readonly disguised: number;
  /** What it is known by, to find copies; undefined: it is too short. */
  readonly fingerprint: Fingerprint | undefined;
}

/** Renders and reads a comment that can be taken; undefined where nothing of it can be seen. */
export function readText(typed: Typed): ReadText | undefined {
  const rendered = renderVisibly(typed.source);
  return rendered && readRendered(rendered, typed);
}

/** Reads a comment that is rendered. */
export function readRendered({ html, links }: RenderedComment, { name, website, source }: Typed): ReadText {
  const words = wordsOf(name, html);
  return {
    ...{ name, website, source, html, words },
    links: readLinks({ text: links, name, website }),
    places: placesIn({ addresses: links.addresses, name, website }),
    disguised: countDisguised(words),
    fingerprint: fingerprintOf(source),
  };
}

/** The name and the text of a comment as they are read, for judges of words. */
export function wordsOf(name: string, html: TrustedHtml): string {
  return `${name}\n${textOf(html.toString())}`;
}
