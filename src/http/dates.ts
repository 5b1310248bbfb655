/** Writes times as people read them, in the site's language and zone. */
export interface Dates {
  /** “21 November 2026”. */
  day(time: Date): string;
  /** “21 November 2026 at 14:05”. */
  minute(time: Date): string;
  /** “14:05”. */
  clock(time: Date): string;
  /** The form of `<input type="datetime-local">`, “2026-11-21T14:05”, in the site's zone. */
  local(time: Date): string;
  /** The four digits of the year, in the site's zone. */
  year(time: Date): number;
}

/**
 * Makes the formatters once; each is costly to build and cheap to use.
 *
 * @param language BCP 47 tag; English is written the British way, day first.
 * @param timeZone IANA name.
 */
export function createDates(language: string, timeZone: string): Dates {
  const locale = language === 'en' ? 'en-GB' : language;
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone });
  const minute = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone });
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone });
  const zoned = (time: Date) => Temporal.Instant.fromEpochMilliseconds(time.getTime()).toZonedDateTimeISO(timeZone);
  return {
    day: remembering(day),
    minute: remembering(minute),
    clock: (time) => clock.format(time),
    local: (time) => zoned(time).toPlainDateTime().toString({ smallestUnit: 'minute' }),
    year: (time) => zoned(time).year,
  };
}

const mostRemembered = 5_000;

// A page names many times, and the next page the same ones; to write one anew takes as long as to look up twenty.
function remembering(format: Intl.DateTimeFormat): (time: Date) => string {
  const written = new Map<number, string>();
  return (time) => {
    const minutes = Math.floor(time.getTime() / 60_000);
    const known = written.get(minutes);
    if (known !== undefined) return known;
    if (written.size >= mostRemembered) written.clear();
    const text = format.format(time);
    written.set(minutes, text);
    return text;
  };
}

/**
 * Reads the value of `<input type="datetime-local">` as a time in the zone given. A time that a clock change skips is
 * taken as the later one, one that it repeats as the earlier (RFC 5545, 3.3.5).
 *
 * @returns undefined where the text is no such time.
 */
export function readLocalTime(text: string, timeZone: string): Date | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text)) return undefined;
  try {
    const zoned = Temporal.PlainDateTime.from(text, { overflow: 'reject' }).toZonedDateTime(timeZone);
    return new Date(zoned.epochMilliseconds);
  } catch (error) {
    if ((error as Error).name === 'RangeError') return undefined;
    throw error;
  }
}
