/** What a span of time is told in. */
export type Unit = 'minutes' | 'hours' | 'days';

const seconds: Readonly<Record<Unit, number>> = { minutes: 60, hours: 3_600, days: 86_400 };

/** The unit in which a span is best told: minutes up to two hours, hours up to two days. */
export function unitFor(span: number): Unit {
  if (span < 2 * seconds.hours) return 'minutes';
  return span < 2 * seconds.days ? 'hours' : 'days';
}

/** A span of so many seconds in a unit. */
export function inUnit(span: number, unit: Unit): number {
  return span / seconds[unit];
}

/** A span as a sentence names it: in whole units, at least one. */
export function spanOf(span: number): { unit: Unit; count: number } {
  const unit = unitFor(span);
  return { unit, count: Math.max(1, Math.round(inUnit(span, unit))) };
}
