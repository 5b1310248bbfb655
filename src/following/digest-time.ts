/** The hour at which a day's digest is closed, in the site's time zone. */
const hour = 7;

/**
 * The last moment at which a digest was closed: what waited then is sent now, what came since is sent the next day. So it
 * does not matter how late or how often anybody looks.
 *
 * @param timeZone IANA name.
 */
export function lastClosing(now: Date, timeZone: string): Date {
  const here = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone);
  const today = here.withPlainTime({ hour });
  const closing = Temporal.ZonedDateTime.compare(today, here) <= 0 ? today : today.subtract({ days: 1 });
  return new Date(closing.epochMilliseconds);
}
