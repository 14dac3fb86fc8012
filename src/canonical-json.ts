// JSON with sorted keys, so that equal statements are equal text.

/** Names with their quotes and colon: those of facts and states are few. */
const names = new Map<string, string>();
const MOST_NAMES = 1_000;

/** Undefined members are left out, as in JSON. Loops, as every fact and every desired state is written this way. */
export function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members = value as Readonly<Record<string, unknown>>;
  let text = '';
  // Sorted by code units, which is how strings compare.
  for (const name of Object.keys(members).sort()) {
    const inner = members[name];
    if (inner !== undefined) text += `${text === '' ? '' : ','}${named(name)}${canonical(inner)}`;
  }
  return `{${text}}`;
}

function named(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  const text = `${JSON.stringify(name)}:`;
  if (names.size < MOST_NAMES) names.set(name, text);
  return text;
}
