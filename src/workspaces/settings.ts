// Changes a workspace's settings: judges each value, keeps at least one admin, leaves one audit row.
import { canonical } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import type { SettingsProblem, SettingsRequest } from '../views/settings-schema.ts';
import type { Directory } from './directory.ts';
import { dayWork, renewWork, saveAndLeave, type LeftWork } from './leave-renewal.ts';
import type { Installation, Role, Settings, Workspace } from './workspace.ts';

export type SettingsDeps = {
  store: Store;
  clock: Clock;
  directory: Directory;
  /** Whether a text holds what looks like a card number. */
  holdsCardNumber: (text: string) => boolean;
};

export type SettingsCall = {
  workspaceId: string;
  crm: Installation['crm'];
  userId: string;
  request: SettingsRequest;
};

export type SaveOutcome = { ok: true; workspace: Workspace } | { ok: false; problems: SettingsProblem[] };

/** The caller must be an admin; a request that changes nothing leaves no trace. */
export const saveSettings = (deps: SettingsDeps, call: SettingsCall): Promise<SaveOutcome> =>
  deps.store.lock(`workspace:${call.workspaceId}`, async () => {
    const workspace = await deps.directory.workspace(call.workspaceId);
    const before = workspace.settings;
    const after = changed(before, call);
    const problems = problemsOf(call, after, deps.holdsCardNumber);
    if (problems.length > 0) return { ok: false, problems };
    if (canonical(before) === canonical(after)) return { ok: true, workspace };
    const saved = { ...workspace, settings: after };
    await saveAndLeave(deps, workOf(workspace, saved), async () => {
      await deps.store.saveWorkspace(saved);
      await deps.store.audit({
        workspaceId: workspace.id,
        at: deps.clock.now().toISOString(),
        actor: `${call.crm}:${call.userId}`,
        action: 'settings',
        operationId: call.request.operationId,
        record: null,
        before: difference(before, after),
        after: difference(after, before),
      });
    });
    return { ok: true, workspace: saved };
  });

/** What has to reach records that nothing else changes: links, what somebody edited, and all that goes by the calendar. */
function workOf({ id, settings: before }: Workspace, { settings: after }: Workspace): LeftWork[] {
  const everywhere = { installationId: null };
  return [
    ...(before.linkOnRecord === after.linkOnRecord
      ? []
      : [renewWork(id, { ...everywhere, again: 'links', anew: false })]),
    ...(before.crmEdits === 'keep' && after.crmEdits !== 'keep'
      ? [renewWork(id, { ...everywhere, again: 'edits', anew: false })]
      : []),
    ...(before.timeZone === after.timeZone
      ? []
      : [renewWork(id, { ...everywhere, again: null, anew: true }), dayWork(id)]),
  ];
}

function changed(before: Settings, { crm, request }: SettingsCall): Settings {
  const { brand, timeZone, payPage, linkOnRecord, crmEdits = before.crmEdits, roles = [] } = request;
  const given = roles.map(({ userId, role }): [string, Role] => [`${crm}:${userId}`, role]);
  return {
    timeZone: timeZone ?? before.timeZone,
    brand: brand
      ? { name: brand.name.trim(), logoUrl: brand.logoUrl?.trim() || null, color: brand.color.toLowerCase() }
      : before.brand,
    payPage: payPage ?? before.payPage,
    linkOnRecord: linkOnRecord ?? before.linkOnRecord,
    ...(crmEdits ? { crmEdits } : {}),
    roles: { ...before.roles, ...Object.fromEntries(given) },
  };
}

/** Only what was sent is judged: what the portal once told us, such as its own time zone, stands in nobody's way. */
function problemsOf(
  { crm, request }: SettingsCall,
  { brand, timeZone, roles }: Settings,
  holdsCardNumber: SettingsDeps['holdsCardNumber'],
): SettingsProblem[] {
  const checks: SettingsProblem[] = [];
  const check = (isFine: boolean, field: SettingsProblem['field'], message: string): void => {
    if (!isFine) checks.push({ field, message });
  };
  if (request.brand) {
    check(isName(brand.name), 'brand.name', 'Give a name of up to 80 characters.');
    check(
      !holdsCardNumber(brand.name),
      'brand.name',
      'This looks like a card number, so it was not saved. Give a name.',
    );
    check(
      brand.logoUrl === null || isPublicHttps(brand.logoUrl),
      'brand.logoUrl',
      'The logo needs an address that begins with https:// and that everybody can open.',
    );
    check(
      /^#[0-9a-f]{6}$/.test(brand.color),
      'brand.color',
      'Give the color as # and six digits, such as #1463c4.',
    );
  }
  if (request.timeZone !== undefined)
    check(isTimeZone(timeZone), 'timeZone', 'This time zone is not known. Choose one such as Europe/Berlin.');
  // Roles of a CRM are given there alone: an admin of another one could not help.
  check(
    Object.entries(roles).some(([user, role]) => role === 'admin' && user.startsWith(`${crm}:`)),
    'roles',
    'At least one person must stay admin, or nobody could change the settings again.',
  );
  return checks;
}

const isName = (name: string): boolean => /^[^\p{Cc}\p{Cf}]{1,80}$/u.test(name);

/** Payers' browsers load it: an address inside somebody's network or with a password in it has no place there. */
function isPublicHttps(text: string): boolean {
  const url = text.length <= 500 ? URL.parse(text) : null;
  if (!url || url.protocol !== 'https:' || url.username || url.password) return false;
  const isAddress = /^[\d.]+$|^\[/.test(url.hostname);
  return !isAddress && url.hostname.includes('.') && !/\.(local|localhost|internal)$/.test(url.hostname);
}

/** An IANA name; an offset such as `+02:00` knows no daylight saving time. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name)) return false;
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** The settings of `one` that are not those of `other`. */
const difference = (one: Settings, other: Settings): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(one).filter(
      ([key, value]) => canonical(value) !== canonical(other[key as keyof Settings]),
    ),
  );
