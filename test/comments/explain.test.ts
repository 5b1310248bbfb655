import { expect, it } from '@jest/globals';
import { explainWait } from '../../src/comments/explain.ts';
import { createTranslate } from '../../src/http/messages.ts';

const t = createTranslate('en');
const minute = 60;
const hour = 3600;

const waits: [number | undefined, string][] = [
  [undefined, 'Somebody will look at it as soon as they can.'],
  [-5, 'Decisions here usually take a minute.'],
  [0, 'Decisions here usually take a minute.'],
  [1.4 * minute, 'Decisions here usually take a minute.'],
  [1.6 * minute, 'Decisions here usually take about 2 minutes.'],
  [59.4 * minute, 'Decisions here usually take about 59 minutes.'],
  [59.6 * minute, 'Decisions here usually take about an hour.'],
  [1.6 * hour, 'Decisions here usually take about 2 hours.'],
  [35 * hour, 'Decisions here usually take about 35 hours.'],
  [36 * hour, 'Decisions here usually take about 2 days.'],
  [71 * hour, 'Decisions here usually take about 3 days.'],
];

it.each(waits)('says how long decisions take after %p seconds: %s', (seconds, sentence) => {
  const { key, values } = explainWait(seconds);
  expect(t(key, values)).toBe(sentence);
});
