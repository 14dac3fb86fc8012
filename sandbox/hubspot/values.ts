// Checks property values by the type of their property, and brings them into the form HubSpot stores.
import { invalid, type ErrorDetail } from './refusal.ts';
import { tableOf, type Portal, type PropertyDefinition } from './world.ts';
import type { Kind } from './kinds.ts';

type Checked = { value: string } | { code: string; message: string };

const LONGEST_TEXT = 65_536;

/** Normalised copies of the given properties; throws HubSpot's whole-request refusal when one is wrong. */
export function checkedProperties(
  portal: Portal,
  kind: Kind,
  given: readonly Record<string, string>[],
): Record<string, string>[] {
  const definitions = tableOf(portal.properties, kind);
  const problems: (ErrorDetail & { name: string })[] = [];
  const clean = given.map((properties) => {
    const result: Record<string, string> = {};
    for (const [name, raw] of Object.entries(properties)) {
      const checked = checkValue(definitions.get(name), name, raw);
      if ('value' in checked) result[name] = checked.value;
      else problems.push({ ...checked, name, context: { propertyName: [name] } });
    }
    return result;
  });
  if (problems.length > 0) throw refused(problems);
  return clean;
}

function refused(problems: (ErrorDetail & { name: string })[]): Error {
  const listed = problems.map(({ name, message, code }) => ({ isValid: false, message, error: code, name }));
  const details = problems.map(({ message, code, context }): ErrorDetail => ({
    message,
    ...(code ? { code } : {}),
    ...(context ? { context } : {}),
  }));
  return invalid(`Property values were not valid: ${JSON.stringify(listed)}`, details);
}

function checkValue(definition: PropertyDefinition | undefined, name: string, raw: string): Checked {
  if (!definition) return { code: 'PROPERTY_DOESNT_EXIST', message: `Property "${name}" does not exist` };
  if (definition.readOnly)
    return { code: 'READ_ONLY_VALUE', message: `"${name}" is a read only property; its value cannot be set` };
  if (raw === '') return { value: '' };
  if (name === 'email') return checkEmail(raw);
  return CHECKS[definition.type](raw, definition);
}

type Check = (raw: string, definition: PropertyDefinition) => Checked;

const CHECKS: Record<PropertyDefinition['type'], Check> = {
  string: (raw) =>
    raw.length > LONGEST_TEXT
      ? { code: 'VALUE_TOO_LONG', message: `value is longer than ${LONGEST_TEXT} characters` }
      : { value: raw },
  number: (raw) =>
    /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(raw)
      ? { value: raw }
      : { code: 'INVALID_INTEGER', message: `${raw} was not a valid number.` },
  bool: (raw) =>
    raw === 'true' || raw === 'false'
      ? { value: raw }
      : { code: 'INVALID_OPTION', message: `${raw} was not one of the allowed options: [true, false]` },
  date: checkDate,
  datetime: checkDateTime,
  enumeration: checkOption,
};

function checkEmail(raw: string): Checked {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(raw)
    ? { value: raw.toLowerCase() }
    : { code: 'INVALID_EMAIL', message: `Email address ${raw} is invalid` };
}

const DAY_MS = 86_400_000;

function checkDate(raw: string): Checked {
  const wrong = { code: 'INVALID_DATE', message: `${raw} is not a valid date.` };
  if (/^\d{4}-\d\d-\d\d$/.test(raw)) return isCalendarDay(raw) ? { value: raw } : wrong;
  const ms = instantOf(raw);
  if (ms === undefined) return wrong;
  const iso = new Date(ms).toISOString();
  if (ms % DAY_MS !== 0)
    return { code: 'INVALID_DATE', message: `${raw} is at ${iso.slice(11, 19)} UTC, not midnight!` };
  return { value: iso.slice(0, 10) };
}

function isCalendarDay(raw: string): boolean {
  const ms = Date.parse(`${raw}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(raw);
}

function checkDateTime(raw: string): Checked {
  const ms = instantOf(raw);
  if (ms === undefined) return { code: 'INVALID_DATE', message: `${raw} is not a valid date and time.` };
  return { value: new Date(ms).toISOString() };
}

/** Milliseconds of an epoch number or an ISO 8601 text; undefined for anything else. */
export function instantOf(raw: string): number | undefined {
  if (/^-?\d{1,15}$/.test(raw)) return Number(raw);
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d))?$/.test(raw)) return undefined;
  const ms = Date.parse(raw);
  return Number.isNaN(ms) ? undefined : ms;
}

function checkOption(raw: string, definition: PropertyDefinition): Checked {
  const allowed = definition.options.map((option) => option.value);
  const chosen = definition.fieldType === 'checkbox' ? raw.split(';').filter(Boolean) : [raw];
  const strange = chosen.find((value) => !allowed.includes(value));
  if (strange === undefined) return { value: raw };
  return {
    code: 'INVALID_OPTION',
    message: `${strange} was not one of the allowed options: [${allowed.join(', ')}]`,
  };
}
