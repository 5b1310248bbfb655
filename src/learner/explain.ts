import type { Message } from '../http/messages.ts';
import type { FormFact } from './features.ts';

/** Words what a comment is known by to the learner. For staff: it tells spammers too much. */
export function explainFeature(feature: string): Message {
  const cut = feature.indexOf(':');
  const [kind, rest] = [feature.slice(0, cut), feature.slice(cut + 1)];
  if (kind === 'form') return { key: `learner.form.${rest as FormFact}` };
  if (kind === 'host') return { key: 'learner.feature.host', values: { host: rest } };
  return { key: kind === 'pair' ? 'learner.feature.pair' : 'learner.feature.word', values: { words: rest } };
}
