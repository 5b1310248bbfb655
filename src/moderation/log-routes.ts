import { type Request, type Response, Router } from 'express';
import { listAccountEvents } from '../accounts/take-back-change.ts';
import { requirePermission } from '../accounts/viewer.ts';
import type { AppContext } from '../context.ts';
import { listForUndo } from '../events/queries.ts';
import { type Standing, standingOf, standingOfParts } from '../events/standing.ts';
import type { SubjectKind } from '../events/table.ts';
import { readId } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { listSettingEvents } from '../site/settings-history.ts';
import { type LogFilter, type LogRow, listLog, logRows } from './log-queries.ts';
import { type LogItem, presentLogItem } from './log-view.ts';
import { isOfSettings, isUndoable } from './may-undo.ts';
import { moderatorOf } from './moderator.ts';

interface LogPage {
  readonly items: readonly LogItem[];
  /** What alone is listed, in a sentence; undefined: everything. */
  readonly filtered: Message | undefined;
  /** This page, to come back to after an undo. */
  readonly here: string;
  readonly nextHref: string | undefined;
}

const logView = defineView<LogPage>('moderation/log');

const filters = ['comment', 'by', 'post', 'person'] as const;

/**
 * What happened: `GET /moderation/log`, of one comment (`?comment=`), by one person (`?by=`), about one post (`?post=`),
 * or what was decided about the person of one standing (`?person=`).
 */
export function logRoutes(context: AppContext): Router {
  const router = Router();
  router.get('/moderation/log', requirePermission('moderate'), (request, response) =>
    showLog(context, request, response),
  );
  return router;
}

async function showLog({ db }: AppContext, request: Request, response: Response): Promise<void> {
  const { t, dates } = frameOf(response);
  const filter = readFilter(request.query);
  const before = readId(request.query.before);
  const reader = moderatorOf(response);
  const rows = await listLog(db, { owner: reader, filter, before });
  const page = rows.slice(0, logRows);
  const standings = await loadStandings(db, page);
  const last = rows.length > logRows ? page.at(-1) : undefined;
  const [first] = page;
  const filtered: Record<LogFilter['kind'], Message | undefined> = {
    all: undefined,
    comment: { key: 'log.filtered.comment' },
    by: { key: 'log.filtered.by', values: { name: first?.actor_name ?? '' } },
    person: { key: 'log.filtered.person' },
    post: { key: 'log.filtered.post', values: { title: first?.post_title ?? '' } },
  };
  sendPage(response, logView, {
    title: t('log.title'),
    hiddenFromSearch: true,
    items: page.map((row) => presentLogItem(row, { standing: standings(row), reader, dates })),
    filtered: first && filtered[filter.kind],
    here: logHref(filter, before),
    nextHref: last && logHref(filter, last.id),
  });
}

// What holds of all that happened to what a row is about, as far as that can be undone.
async function loadStandings(db: AppContext['db'], page: readonly LogRow[]): Promise<(row: LogRow) => Standing> {
  const undoable = page.filter(isUndoable);
  const ofSettings = undoable.some(isOfSettings) ? standingOfParts(await listSettingEvents(db)) : undefined;
  const idsOf = (kind: SubjectKind) =>
    undoable.filter((row) => row.subject_kind === kind).map(({ subject_id }) => subject_id);
  const ofAccounts = await listAccountEvents(db, idsOf('account'));
  const kinds = ['comment', 'conversation', 'branch', 'site', 'standing', 'appeal', 'report', 'post'] as const;
  const histories: Partial<Record<SubjectKind, Awaited<ReturnType<typeof listForUndo>>>> = {};
  for (const kind of kinds) histories[kind] = await listForUndo(db, { subjectKind: kind, subjectIds: idsOf(kind) });
  return (row) => {
    if (ofSettings && isOfSettings(row)) return ofSettings;
    if (row.subject_kind === 'account') return standingOfParts(ofAccounts.get(row.subject_id) ?? []);
    return standingOf(histories[row.subject_kind]?.get(row.subject_id) ?? []);
  };
}

// Several filters at once are none that there is an index for: the first one holds.
function readFilter(query: Request['query']): LogFilter {
  for (const kind of filters) {
    const id = readId(query[kind]);
    if (id !== undefined) return { kind, id };
  }
  return { kind: 'all' };
}

function logHref(filter: LogFilter, before: number | undefined): string {
  const query = new URLSearchParams({
    ...(filter.kind !== 'all' && { [filter.kind]: String(filter.id) }),
    ...(before !== undefined && { before: String(before) }),
  }).toString();
  return query === '' ? '/moderation/log' : `/moderation/log?${query}`;
}
