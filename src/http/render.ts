import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Eta } from 'eta';
import type { Response } from 'express';
import { TrustedHtml } from '../text/trusted-html.ts';
import type { Dates } from './dates.ts';
import type { CountedForms, Translate } from './messages.ts';
import type { NoticeOffer } from './notice.ts';

/** What surrounds every page: the site's name and ways through it, and how its words and times are written. */
export interface Frame {
  readonly title: string;
  readonly tagline: string;
  /** BCP 47 tag, for `lang`. */
  readonly language: string;
  readonly timeZone: string;
  readonly navigation: readonly Link[];
  /** Ways to the staff's pages; empty for visitors. */
  readonly staffNavigation: readonly Link[];
  /** The name of who is signed in. */
  readonly viewerName: string | undefined;
  /** Said once, after something was done. */
  readonly notice: { readonly text: string; readonly offer: NoticeOffer | undefined } | undefined;
  /** Path of the asset folder. */
  readonly assets: string;
  readonly t: Translate;
  readonly forms: CountedForms;
  readonly dates: Dates;
}

export interface Link {
  readonly href: string;
  readonly label: string;
  readonly current?: boolean;
}

/** A template and the shape of what it prints. */
export interface View<Model extends object> {
  readonly template: string;
  readonly model?: Model;
}

/** What every view must say for the frame, beside its own model. */
export interface PageHead {
  /** The title of the page, without the site's name; empty for the home page. */
  readonly title: string;
  /** One sentence for search engines and previews. */
  readonly description?: string;
  /** A feed of what the page shows. */
  readonly feed?: { readonly title: string; readonly href: string } | undefined;
  /** The path by which the page should be known, where it has several. */
  readonly canonical?: string;
  /** Keeps the page out of search engines. */
  readonly hiddenFromSearch?: boolean;
  /** Whether it shows a form again that could not be taken: its title says so first. */
  readonly failed?: boolean;
}

/**
 * Names a template under `views/` and binds it to the model it prints.
 *
 * @param template path without ending, such as `posts/post`.
 */
export function defineView<Model extends object>(template: string): View<Model> {
  return { template };
}

const eta = new Eta({
  views: join(import.meta.dirname, '..', '..', 'views'),
  cache: true,
  // Every template can say `t('key')`; raw output is for `trusted(…)` and other templates only, and a test says so.
  functionHeader: 'const { t, forms, dates } = it.frame; const { trusted, piece } = it;',
});

// A page of comments includes hundreds of templates. All are named from the root, so that a name is a place.
const places = new Map<string, string>();
const findPlace = eta.resolvePath.bind(eta);
eta.resolvePath = (template, options) => {
  const place = places.get(template) ?? findPlace(template, options);
  places.set(template, place);
  return place;
};

/** Makes the HTML of a page, in UTF-8. */
export function renderPage<Model extends object>(frame: Frame, view: View<Model>, model: Model & PageHead): Buffer {
  const kept: Buffer[] = [];
  const text = eta.render(`/${view.template}`, { ...model, frame, trusted, piece: pieces(frame, kept) });
  // Every second part is the number of what was kept.
  const parts = text.split(seam).map((part, index) => (index % 2 === 0 ? Buffer.from(part) : kept[Number(part)]));
  return Buffer.concat(parts as Buffer[]);
}

/**
 * Lets what a template prints be remembered for as long as an object lives. The variant says all that tells one print of it
 * from another, but for the language and the time zone.
 */
export interface Printed {
  readonly by: object;
  readonly variant: string;
}

const prints = new WeakMap<object, { readonly key: string; readonly bytes: Buffer }>();

// Stands around the number of a piece that was printed once, in the text of the page around it. Nobody can write it: it is
// another one in each process.
const seam = `\0${randomUUID()}\0`;

// `piece(template, model, printed)` prints a template without the model of the page around it: where there are hundreds of
// them, to hand that on takes as long as to print them. `printed`, if given, has it printed once, and kept as the bytes that
// are sent: to join and encode two hundred texts takes longer than all the rest of a page.
function pieces(frame: Frame, kept: Buffer[]) {
  const alone = { frame, trusted };
  const surroundings = { ...alone, piece };
  function piece(template: string, model: object, printed?: Printed): string {
    if (!printed) return eta.render(template, { ...surroundings, ...model });
    const key = [template, frame.language, frame.timeZone, printed.variant].join('\n');
    let print = prints.get(printed.by);
    if (print?.key !== key) {
      print = { key, bytes: Buffer.from(eta.render(template, { ...alone, ...model })) };
      prints.set(printed.by, print);
    }
    kept.push(print.bytes);
    return `${seam}${kept.length - 1}${seam}`;
  }
  return piece;
}

/** Sends a page with the frame of this request, see `frameOf`. */
export function sendPage<Model extends object>(
  response: Response,
  view: View<Model>,
  model: Model & PageHead,
  status = 200,
): void {
  response
    .status(status)
    .type('html')
    .send(renderPage(frameOf(response), view, { ...model, failed: status === 422 || status === 429 }));
}

/** The frame of the page that answers this request, put there by the first middleware that knows it. */
export function frameOf(response: Response): Frame {
  return response.locals.frame as Frame;
}

/** Lets `response` be rendered with this frame. */
export function setFrame(response: Response, frame: Frame): void {
  response.locals.frame = frame;
}

/** The one way to print HTML as it is. */
function trusted(html: unknown): string {
  if (!(html instanceof TrustedHtml)) throw new TypeError('Only TrustedHtml is printed as it is.');
  return html.toString();
}
