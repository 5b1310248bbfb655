import { setTimeout } from 'node:timers/promises';
import { emptyThreads, owner } from '../content/fill.ts';
import { askOnce, cookiesOf, encodeRequest, headerOf, openConnection } from '../load/connection.ts';
import { median, quantile } from '../load/statistics.ts';
import type { Measurement } from '../measurement.ts';
import { withSite } from '../processes/site.ts';

const rounds = 150;
const fromOwnPage = { 'sec-fetch-site': 'same-origin' };

/** Milliseconds after which a comment is taken for lost. */
const patience = 10_000;

/** How long what one process acknowledged takes to be in the pages of another, which it keeps in memory. */
export const visibleElsewhere: Measurement = {
  names: ['visible-elsewhere'],
  threads: [],
  measure: (ground) =>
    withSite(ground, (here) =>
      withSite(ground, async (there) => {
        const path = `/posts/${emptyThreads.moderated}`;
        const signIn = { path: '/sign-in', headers: fromOwnPage, form: new URLSearchParams(owner).toString() };
        const cookie = cookiesOf(await askOnce(here.port, signIn, 303));
        const [reader, moderator] = [await openConnection(there.port), await openConnection(here.port)];
        const page = encodeRequest({ path });
        const sinceSent: number[] = [];
        const sinceAnswered: number[] = [];
        for (let round = 0; round < rounds; round += 1) {
          const form = new URLSearchParams({ name: 'Greta Guest', body: `Round ${round}.` }).toString();
          const held = await askOnce(here.port, { path: `${path}/comments`, form }, 303);
          const id = headerOf(held, 'location')?.split('/').at(-1);
          const before = (await reader.ask(page)).body;
          if (before.includes(`id="c${id}"`)) throw new Error('A comment was shown before it was approved.');

          const decision = { path: `/moderation/comments/${id}/decisions`, form: 'action=approve' };
          const sent = performance.now();
          let answered = Number.NaN;
          const deciding = moderator
            .ask(encodeRequest({ ...decision, headers: { ...fromOwnPage, cookie } }))
            .then(({ status }) => {
              if (status !== 303) throw new Error(`A decision was answered by ${status}.`);
              answered = performance.now();
            });
          while (!(await reader.ask(page)).body.includes(`id="c${id}"`)) {
            if (performance.now() - sent > patience) throw new Error('A comment was never shown.');
            // Asking without a pause would take the CPU that the answer needs.
            await setTimeout(1);
          }
          const shown = performance.now();
          await deciding;
          sinceSent.push(shown - sent);
          sinceAnswered.push(Math.max(0, shown - answered));
        }
        reader.close();
        moderator.close();
        return {
          // From the moment at which the moderator asked for it: no part of the way is left out.
          values: { 'visible-elsewhere': { value: quantile(sinceSent, 0.99) } },
          further: [
            { name: 'visible-elsewhere-p50', value: median(sinceSent), unit: 'ms' },
            { name: 'visible-elsewhere-after-answer-p99', value: quantile(sinceAnswered, 0.99), unit: 'ms' },
            { name: 'visible-elsewhere-after-answer-p50', value: median(sinceAnswered), unit: 'ms' },
          ],
        };
      }),
    ),
};
