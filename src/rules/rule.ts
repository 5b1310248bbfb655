/** What an owner can set of each rule. A rule without settings is on or off, and that is all. */
export interface RuleSettings {
  readonly person_trusted: NoSettings;
  readonly person_held: NoSettings;
  readonly bait: NoSettings;
  /** Lists of words and phrases, one a line: what has one of them waits, or is spam. */
  readonly words: { readonly held: string; readonly spam: string };
  /** A list of hosts, one a line: what leads to one of them is spam. */
  readonly hosts: { readonly spam: string };
  /** Comments that said the same or nearly the same within 30 days, after which the next one waits, or is spam. */
  readonly copies: { readonly held: number; readonly spam: number };
  /**
   * Strangers who led to the same place within 30 days, after whom the next one's comment waits, or is spam; those whose comments a
   * moderator confirmed as spam count twice. `hosts`: where anybody may lead, one a line.
   */
  readonly campaign: { readonly held: number; readonly spam: number; readonly hosts: string };
  /** Words that hide what they say, so many of which make a comment wait, or spam. */
  readonly disguise: { readonly held: number; readonly spam: number };
  /** Scores of 100 from which what looks like spam to the learner waits, or is spam; null: no score is enough. */
  readonly learned: { readonly held: number | null; readonly spam: number | null };
  /**
   * A service elsewhere that is asked, by its address, with the key that is kept beside the rules; empty: there is none. `found`:
   * what becomes of what it takes for spam. `network`: whether it is told where a comment was sent from.
   */
  readonly outside: { readonly url: string; readonly found: 'held' | 'spam'; readonly network: boolean };
  /** So many links are no matter, and neither is what leads to no other hosts than these, one a line. */
  readonly links: { readonly allowed: number; readonly hosts: string };
  /** An address in place of a name. */
  readonly name_link: NoSettings;
  /** Comments within ten minutes, from one browser and from one network, at which the next ones wait. */
  readonly flooding: { readonly browser: number; readonly network: number };
  /** Comments within ten minutes on the whole site at which those of newcomers wait. */
  readonly wave: { readonly comments: number };
  /** Seconds in which nobody writes a comment. */
  readonly haste: { readonly seconds: number };
  /** Days after which a post is old. */
  readonly post_age: { readonly days: number };
  /** Approved comments after which somebody is known here. */
  readonly first_comment: { readonly comments: number };
  /** People whose reports take a comment back to the queue. */
  readonly reports: { readonly people: number };
}

type NoSettings = Readonly<Record<string, never>>;

/** A rule that an owner can switch, set and move. */
export type SettableRule = keyof RuleSettings;

/** One that cannot be: who works here, what the conversation's mode says, what waited already, and what is left. */
export type FixedRule = 'staff' | 'all_held' | 'waiting' | 'standard';

/** The name of a rule; the sentence that explains what it decided is `rule.<name>` in the messages. */
export type RuleName = SettableRule | FixedRule;

/** What is set of a rule. */
export type SettingsOf<Name extends RuleName> = Name extends SettableRule ? RuleSettings[Name] : NoSettings;

/** A rule that judges, as it is set. */
export type Rule = {
  readonly [Name in RuleName]: { readonly name: Name; readonly settings: SettingsOf<Name> };
}[RuleName];

/** A rule as the owner left it, whether it judges or not. */
export type RuleChoice = {
  readonly [Name in SettableRule]: {
    readonly name: Name;
    readonly enabled: boolean;
    readonly settings: RuleSettings[Name];
  };
}[SettableRule];

/** What a conversation says of rules otherwise than its site: on or off. */
export type RuleSwitches = Readonly<Partial<Record<SettableRule, boolean>>>;

/**
 * What a site begins with, in the order in which the rules are asked: whom moderators read first, what only programs do, what is
 * held whoever writes it, whom moderators trust, and what only newcomers are held for.
 */
export const defaultRules: readonly RuleChoice[] = [
  { name: 'person_held', enabled: true, settings: {} },
  { name: 'bait', enabled: true, settings: {} },
  { name: 'words', enabled: true, settings: { held: '', spam: '' } },
  { name: 'hosts', enabled: true, settings: { spam: '' } },
  { name: 'copies', enabled: true, settings: { held: 2, spam: 4 } },
  { name: 'campaign', enabled: true, settings: { held: 2, spam: 5, hosts: '' } },
  { name: 'disguise', enabled: true, settings: { held: 1, spam: 2 } },
  { name: 'learned', enabled: false, settings: { held: 70, spam: 90 } },
  { name: 'outside', enabled: false, settings: { url: '', found: 'held', network: false } },
  { name: 'links', enabled: true, settings: { allowed: 2, hosts: '' } },
  { name: 'name_link', enabled: true, settings: {} },
  { name: 'flooding', enabled: true, settings: { browser: 5, network: 20 } },
  { name: 'person_trusted', enabled: true, settings: {} },
  { name: 'wave', enabled: false, settings: { comments: 60 } },
  { name: 'haste', enabled: false, settings: { seconds: 3 } },
  { name: 'post_age', enabled: false, settings: { days: 365 } },
  { name: 'first_comment', enabled: true, settings: { comments: 1 } },
  { name: 'reports', enabled: false, settings: { people: 3 } },
];

/**
 * The rules that judge, in their order. The fixed ones stand around those that an owner can move: nobody can put anything
 * above who works here, and one that always has an opinion is last.
 *
 * @param switches what the conversation says otherwise.
 */
export function rulesInForce(choices: readonly RuleChoice[], switches: RuleSwitches = {}): Rule[] {
  return [
    { name: 'staff', settings: {} },
    { name: 'all_held', settings: {} },
    ...choices.filter(({ name, enabled }) => switches[name] ?? enabled),
    { name: 'waiting', settings: {} },
    { name: 'standard', settings: {} },
  ];
}

/** What is set of one rule. */
export function choiceOf<Name extends SettableRule>(
  choices: readonly RuleChoice[],
  name: Name,
): Extract<RuleChoice, { name: Name }> {
  const choice = choices.find((each) => each.name === name);
  if (!choice) throw new RangeError(`There is no rule ${name}.`);
  return choice as Extract<RuleChoice, { name: Name }>;
}

/** All rules that may hold a comment or take it for spam, in the order in which a site begins. */
export const holdingRules: readonly RuleName[] = [
  'all_held',
  ...defaultRules.map(({ name }) => name).filter((name) => name !== 'person_trusted'),
  'waiting',
];
