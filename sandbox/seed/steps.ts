// What happened at a moment of the past; the steps of all stories are run in the order they happened.
export type Step = { at: Date; run: () => void };
