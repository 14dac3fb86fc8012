// What the settings page shows: a pure function of what is stored, cut to what the caller's role may see.
import { givenUpView, type GivenUp } from './given-up-view.ts';
import { keptEditsView, type KeptEditsInput } from './kept-edits-view.ts';
import { importText, importWord, type ImportInput } from './import-text.ts';
import { otherCrmView, type OtherCrmInput } from './other-crm-view.ts';
import type { SettingsView } from './settings-schema.ts';

type Role = SettingsView['role'];

export type SettingsInput = {
  role: Role;
  /** What people call their CRM. */
  crm: string;
  settings: Pick<SettingsView, 'brand' | 'timeZone' | 'payPage' | 'linkOnRecord'> &
    Partial<Pick<SettingsView, 'crmEdits'>>;
  accounts: {
    id: string;
    name: string;
    livemode: boolean;
    connected: boolean;
    importing: ImportInput | null;
    connectedAt: string;
    verifiedAt: string | null;
  }[];
  /** Of the account actions go to; null while none is connected. */
  current: { livemode: boolean; writesBack: boolean } | null;
  admin: AdminInput | null;
};

export type AdminInput = {
  userId: string;
  /** Everybody who has a role or works in the CRM. */
  people: { userId: string; name: string | null; email: string | null; role: Role }[];
  /** False when the CRM did not say who works there. */
  peopleKnown: boolean;
  connectUrl: string;
  installation: {
    portalId: string;
    installedAt: string;
    missingScopes: string[];
    mirrorsInvoices: boolean;
  };
  otherCrm: OtherCrmInput;
  givenUp: GivenUp[];
  keptEdits: KeptEditsInput;
};

const modeTexts = (crm: string): Record<SettingsView['mode'], string> => ({
  live: 'Payments are real.',
  test_portal: `Test keys in a test account of ${crm}: no real money moves, and records are written so that everything can be tried.`,
  test: `Test mode: no real money moves, cards carry a watermark, and nothing is written to ${crm} records.`,
  not_connected: 'No payment gateway is connected yet.',
});

export function settingsView(input: SettingsInput): SettingsView {
  const { role, crm, settings, current, admin } = input;
  const { brand, timeZone, payPage, linkOnRecord, crmEdits = 'repair' } = settings;
  const mode = modeOf(current);
  return {
    role,
    brand,
    timeZone,
    payPage,
    linkOnRecord,
    crmEdits,
    mode,
    modeText: modeTexts(crm)[mode],
    accounts: input.accounts.map((account) => accountView(account, timeZone)),
    admin: admin && adminView(admin, crm, timeZone),
  };
}

function modeOf(current: SettingsInput['current']): SettingsView['mode'] {
  if (!current) return 'not_connected';
  if (current.livemode) return 'live';
  return current.writesBack ? 'test_portal' : 'test';
}

function accountView(
  account: SettingsInput['accounts'][number],
  zone: string,
): SettingsView['accounts'][number] {
  const { id, name, livemode, importing, connectedAt, verifiedAt } = account;
  return {
    id,
    name,
    mode: livemode ? 'live' : 'test',
    ...stateOf(account),
    importing: importing && {
      done: importing.done,
      total: importing.total,
      paused: importing.paused === true,
      word: importWord(importing),
    },
    connectedAt,
    verifiedAt,
    verifiedText: verifiedAt ? `Checked ${momentText(verifiedAt, zone)}` : 'Not checked yet',
  };
}

function stateOf({ connected, importing }: SettingsInput['accounts'][number]) {
  if (!connected) return { state: 'disconnected', stateText: 'Reconnect needed', tone: 'warning' } as const;
  if (importing)
    return {
      state: 'importing',
      stateText: importText(importing),
      tone: importing.halted === true ? 'warning' : 'info',
    } as const;
  return { state: 'connected', stateText: 'Connected', tone: 'success' } as const;
}

function adminView(admin: AdminInput, crm: string, zone: string): NonNullable<SettingsView['admin']> {
  const { portalId, installedAt, missingScopes, mirrorsInvoices } = admin.installation;
  return {
    people: admin.people
      .map(({ userId, name, email, role }) => ({
        userId,
        name: name ?? email ?? `User ${userId}`,
        email,
        role,
        isYou: userId === admin.userId,
      }))
      .sort((a, b) => a.name.localeCompare(b.name, 'en')),
    peopleNote: admin.peopleKnown
      ? null
      : `${crm} did not say who works here. People who have a role already are listed.`,
    timeZones: zonesWith(zone),
    connectUrl: admin.connectUrl,
    installation: {
      portalId,
      installedAt,
      installedText: momentText(installedAt, zone),
      missingScopes,
      mirrorsInvoices,
    },
    otherCrm: otherCrmView(admin.otherCrm, (at) => momentText(at, zone)),
    givenUp: givenUpView(admin.givenUp),
    keptEdits: keptEditsView(admin.keptEdits, crm, (at) => momentText(at, zone)),
  };
}

/** A portal may name its zone by an older word that the list leaves out. */
const zonesWith = (zone: string): string[] =>
  [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', zone])].sort();

const momentText = (at: string, timeZone: string): string =>
  new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(
    new Date(at),
  );
