// Time as a dependency: rooms ask the clock they were given, never the machine.

export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };
