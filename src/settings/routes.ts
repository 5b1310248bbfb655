import { type Response, Router } from 'express';
import { requirePermission, signedInViewer } from '../accounts/viewer.ts';
import type { AppContext } from '../context.ts';
import { offerUndo } from '../events/offer-undo.ts';
import { HttpError } from '../http/errors.ts';
import { readFields, readId } from '../http/fields.ts';
import { leaveNotice } from '../http/notice.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { countGivenUp } from '../mail/undelivered.ts';
import { siteOf } from '../site/current.ts';
import { saveSettings } from '../site/settings.ts';
import { type CommentMode, commentModes, type Site } from '../site/table.ts';
import { type Choice, languageChoices, timeZones } from './choices.ts';
import {
  checkSettings,
  fieldsOf,
  readSettings,
  type SettingError,
  type SettingName,
  type SettingsFields,
  settingNames,
} from './form.ts';
import { learnerRoutes } from './learner-routes.ts';
import { mailRoutes } from './mail-routes.ts';
import { replayRoutes } from './replay-routes.ts';
import { rulesRoutes } from './rules-routes.ts';

interface SettingsPage {
  readonly values: SettingsFields;
  readonly version: number;
  readonly errors: readonly SettingError[];
  /** What somebody else saved meanwhile, where it differs from what was typed. */
  readonly differences: readonly { readonly name: SettingName; readonly theirs: string; readonly yours: string }[];
  /** Whether somebody else saved meanwhile. */
  readonly conflict: boolean;
  readonly languages: readonly Choice[];
  readonly timeZones: readonly string[];
  readonly commentModes: readonly CommentMode[];
  /** How many mails could not be delivered. */
  readonly givenUp: number;
}

const settingsView = defineView<SettingsPage>('settings/settings');

/** `GET` and `POST /settings`, for owners, and what lies below. */
export function settingsRoutes({ db, config, now }: AppContext): Router {
  const languages = languageChoices();
  const choices = { languages: languages.map(({ value }) => value), timeZones };
  const router = Router();
  router.use('/settings', requirePermission('manage_settings'));
  router.use(mailRoutes({ db, config }));
  router.use(rulesRoutes({ db, config, now }));
  router.use(learnerRoutes({ db, now }));
  router.use(replayRoutes({ db }));

  router.get('/settings', async (_request, response) => {
    const site = siteOf(response);
    send(response, { values: fieldsOf(site), version: site.version, givenUp: await countGivenUp(db) });
  });

  router.post('/settings', async (request, response) => {
    const version = readId(readFields(request.body, ['version']).version);
    if (version === undefined) throw new HttpError(400);
    const values = readSettings(request.body);
    const checked = checkSettings(values, choices);
    if (Array.isArray(checked)) return send(response, { values, version, errors: checked }, 422);

    const actorId = signedInViewer(response).id;
    const outcome = await saveSettings(db, { settings: checked, version, actorId, now: now() });
    if (outcome.kind === 'overtaken')
      return sendConflict(response, { theirs: outcome.theirs, values: fieldsOf(checked) });
    leaveNotice(request, { key: 'settings.saved', offer: offerUndo({ eventId: outcome.eventId, back: '/settings' }) });
    response.redirect(303, '/settings');
  });

  function sendConflict(response: Response, { theirs, values }: { theirs: Site; values: SettingsFields }): void {
    const stored = fieldsOf(theirs);
    const differences = settingNames
      .filter((name) => stored[name] !== values[name])
      .map((name) => ({ name, theirs: stored[name], yours: values[name] }));
    send(response, { values, version: theirs.version, differences, conflict: true }, 409);
  }

  function send(
    response: Response,
    page: Pick<SettingsPage, 'values' | 'version'> &
      Partial<Pick<SettingsPage, 'errors' | 'differences' | 'conflict' | 'givenUp'>>,
    status = 200,
  ): void {
    const title = frameOf(response).t('settings.title');
    const offered = { languages, timeZones, commentModes };
    const shown = { errors: [], differences: [], conflict: false, givenUp: 0, ...page, ...offered };
    sendPage(response, settingsView, { title, ...shown, hiddenFromSearch: true }, status);
  }

  return router;
}
