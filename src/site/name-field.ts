import type { MessageKey } from '../http/messages.ts';

/** What a setting or a rule is called, by its name among what a change changed. */
export function nameField(name: string): MessageKey {
  if (name.startsWith('rule.')) return `rules.title.${name.slice('rule.'.length)}` as MessageKey;
  return name === 'rules.order' ? name : (`settings.field.${name}` as MessageKey);
}
