import type { AlertContext } from './alerts/context.ts';
import { mailDueAlerts } from './alerts/due.ts';
import { gatherAlerts } from './alerts/gather.ts';
import { mailAlerts } from './alerts/mail.ts';
import { cleanUp } from './clean-up.ts';
import { sweepCopies } from './comments/sweep-copies.ts';
import { publicAddress } from './config.ts';
import type { AppContext } from './context.ts';
import { askConfirmation } from './following/confirm.ts';
import { tellDecision } from './following/decision.ts';
import { sendDigests } from './following/digest.ts';
import { tellFollowers } from './following/tell.ts';
import type { Tasks } from './jobs/worker.ts';
import { deliverMail } from './mail/deliver.ts';
import { createMailer } from './mail/mailer.ts';
import { rejectAsItCloses } from './moderation/closing-date.ts';
import { carryOn } from './moderation/sweep.ts';
import { patiently } from './outside/ask.ts';
import { carryOnReplay } from './replay/run.ts';
import { tellReporter } from './reports/tell.ts';
import { learnDue } from './training/learn.ts';
import { tellService } from './training/tell-service.ts';

/** What is done for each kind of job. The features add jobs and know nothing of the worker; here they meet. */
export function tasksOf({ db, config, secrets, now }: AppContext): Tasks {
  const mailer = createMailer(config);
  const siteAddress = publicAddress(config);
  const following = { db, secret: secrets.following, siteAddress, now };
  const alerts: AlertContext = { db, secret: secrets.alerts, siteAddress, now };
  return {
    deliver_mail: ({ mailId }, lastTry) => deliverMail(db, { mailId, lastTry, mailer, siteAddress, now }),
    tell_followers: (payload) => tellFollowers(following, payload),
    tell_decision: (payload) => tellDecision(following, payload),
    tell_service: (payload) => tellService({ db, network: patiently, siteAddress, now }, payload),
    tell_reporter: (payload) => tellReporter(following, payload),
    ask_confirmation: (payload) => askConfirmation(following, payload),
    gather_alerts: (payload) => gatherAlerts(alerts, payload),
    mail_alerts: (payload) => mailAlerts(alerts, payload),
    mail_due_alerts: () => mailDueAlerts(alerts),
    send_digests: () => sendDigests(following),
    sweep: ({ sweepId }) => carryOn(db, { sweepId, now }),
    sweep_copies: ({ commentIds }) => sweepCopies(db, { commentIds, now: now() }),
    learn: () => learnDue(db),
    reject_waiting: ({ closureId }) => rejectAsItCloses(db, { closureId, now: now() }),
    replay: (payload) => carryOnReplay(db, payload),
    clean_up: () => cleanUp(db, { now: now() }),
  };
}
