import { availableLanguages } from '../http/messages.ts';

/** Something to choose, and what it is called. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** The languages that the interface speaks, each in its own words. */
export function languageChoices(): Choice[] {
  return availableLanguages().map((language) => {
    const name = new Intl.DisplayNames([language], { type: 'language' }).of(language);
    return { value: language, label: name ?? language };
  });
}

/** The time zones by their IANA names; UTC, which is none of a place, comes first. */
export const timeZones: readonly string[] = [
  'UTC',
  ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC'),
];
