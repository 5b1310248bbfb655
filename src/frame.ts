import type { Request, RequestHandler, Response } from 'express';
import type { Kysely } from 'kysely';
import { rowsFor, viewerOf, viewerReach } from './accounts/viewer.ts';
import type { Made } from './cache/cache.ts';
import { setNextPublication } from './cache/keep-page.ts';
import type { RowCache } from './cache/row-cache.ts';
import type { Database } from './database.ts';
import { createDates, type Dates } from './http/dates.ts';
import { type CountedForms, createCountedForms, createTranslate, type Translate } from './http/messages.ts';
import { takeNotice } from './http/notice.ts';
import { type Frame, type Link, setFrame } from './http/render.ts';
import { hrefOf } from './posts/addresses.ts';
import { findNextPublication, listPages } from './posts/queries.ts';
import type { Post } from './posts/table.ts';
import { setSite } from './site/current.ts';
import { loadSite } from './site/queries.ts';
import type { Site } from './site/table.ts';

/** Reads the settings of the site and puts the frame of its pages together, for what comes after. */
export function prepareFrame({
  db,
  rows,
  assets,
  now,
}: {
  db: Kysely<Database>;
  rows: RowCache;
  assets: string;
  now: () => Date;
}): RequestHandler {
  return async (request, response, next) => {
    const kept = rowsFor(response, rows);
    const { site, pages, nextPublication } = await kept.get('frame', () => loadParts(db, now()));
    setSite(response, site);
    setNextPublication(response, nextPublication);
    setFrame(response, composeFrame({ request, response, site, pages, assets }));
    next();
  };
}

interface FrameParts {
  readonly site: Site;
  readonly pages: readonly Pick<Post, 'kind' | 'slug' | 'title'>[];
  readonly nextPublication: Date | undefined;
}

async function loadParts(db: Kysely<Database>, now: Date): Promise<Made<FrameParts>> {
  const [site, pages, nextPublication] = await Promise.all([
    loadSite(db),
    listPages(db, { now }),
    findNextPublication(db, { now }),
  ]);
  return { value: { site, pages, nextPublication }, subjects: ['site'], until: nextPublication, bytes: 10_000 };
}

function composeFrame({
  request,
  response,
  site,
  pages,
  assets,
}: {
  request: Request;
  response: Response;
  site: Site;
  pages: readonly Pick<Post, 'kind' | 'slug' | 'title'>[];
  assets: string;
}): Frame {
  const { t, forms, dates } = languageOf(site);
  const notice = takeNotice(request);
  const links = (list: readonly Link[]) => list.map((link) => ({ ...link, current: link.href === request.path }));
  return {
    title: site.title,
    tagline: site.tagline,
    language: site.language,
    timeZone: site.time_zone,
    navigation: links([
      ...pages.map((page) => ({ href: hrefOf(page), label: page.title })),
      { href: '/index', label: t('frame.index') },
    ]),
    staffNavigation: links(staffLinks(response, t)),
    viewerName: viewerOf(response)?.name,
    notice: notice && { text: t(notice.key, notice.values), offer: notice.offer },
    assets,
    t,
    forms,
    dates,
  };
}

function staffLinks(response: Response, t: Translate): Link[] {
  if (!viewerOf(response)) return [];
  const may = (permission: Parameters<typeof viewerReach>[1]) => viewerReach(response, permission) !== 'none';
  return [
    ...(may('write') ? [{ href: '/write', label: t('frame.write') }] : []),
    ...(may('moderate') ? [{ href: '/moderation', label: t('frame.moderation') }] : []),
    ...(may('manage_people') ? [{ href: '/people', label: t('frame.people') }] : []),
    ...(may('manage_settings') ? [{ href: '/settings', label: t('frame.settings') }] : []),
    { href: '/account', label: t('frame.account') },
  ];
}

const languages = new Map<string, { t: Translate; forms: CountedForms; dates: Dates }>();

// Building the formatters costs milliseconds; there are as many as the owner has tried out.
function languageOf({ language, time_zone }: Site): { t: Translate; forms: CountedForms; dates: Dates } {
  const key = `${language} ${time_zone}`;
  let made = languages.get(key);
  if (!made) {
    const t = createTranslate(language);
    made = { t, forms: createCountedForms(t, language), dates: createDates(language, time_zone) };
    languages.set(key, made);
  }
  return made;
}
