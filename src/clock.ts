// Time as a dependency: rooms ask the clock they were given, never the machine.

export type Clock = { now(): Date };

/** A stretch of time, in milliseconds. */
export type Span = { from: number; until: number };

/** A clock that was put back to before a span began is outside of it: it would last too long otherwise. */
export const isWithin = (span: Span | undefined, now: number): boolean =>
  span !== undefined && span.from <= now && now < span.until;

export const systemClock: Clock = { now: () => new Date() };
