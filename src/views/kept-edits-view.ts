// What somebody edited in the CRM and is left so, as an admin is told: how much it is, on which records, and since when.
import type { DesiredState, MirrorKind } from '../records/desired-state.ts';
import type { SettingsView } from './settings-schema.ts';

export type KeptEditsInput = {
  count: number;
  /** Those that have been there longest. */
  oldest: readonly { key: string; desired: DesiredState; since: string }[];
};

type Shown = NonNullable<SettingsView['admin']>['keptEdits'];

/** @param momentText tells an instant as people read it */
export function keptEditsView(
  { count, oldest }: KeptEditsInput,
  crm: string,
  momentText: (at: string) => string,
): Shown {
  if (count === 0) return null;
  const others = count - oldest.length;
  const more = others > 0 ? ` Here are the ${oldest.length} that have been so longest.` : '';
  return {
    count,
    title:
      count === 1
        ? `One record in ${crm} was edited and is kept so`
        : `${count.toLocaleString('en-US')} records in ${crm} were edited and are kept so`,
    text:
      count === 1
        ? 'It does not show what Payside wrote. It says again what is so with its next change.'
        : `They do not show what Payside wrote. Each says again what is so with its next change.${more}`,
    records: oldest.map(({ key, desired, since }) => ({
      id: key,
      text: `${nameOf(desired)}, seen ${momentText(since)}`,
    })),
  };
}

const TYPES: Record<string, string> = {
  contacts: 'Contact',
  companies: 'Company',
  deals: 'Deal',
};

const KINDS: Record<MirrorKind, string> = {
  subscription: 'Subscription',
  invoice: 'Invoice',
  line: 'Invoice line',
  payment: 'Payment',
  allocation: 'Allocation',
  refund: 'Refund',
  dispute: 'Dispute',
};

function nameOf(desired: DesiredState): string {
  if ('record' in desired) {
    const { objectType, recordId } = desired.record;
    return `${TYPES[objectType] ?? objectType} ${recordId}`;
  }
  const kind = desired.kind === 'whole' || desired.kind === 'links' ? desired.values.of : desired.kind;
  return `${KINDS[kind]} ${numberOf(desired) ?? desired.id}`;
}

/** Where people know it by one. */
function numberOf(desired: Exclude<DesiredState, { record: unknown }>): string | null {
  if (desired.kind === 'invoice') return desired.values.number;
  const number =
    desired.kind === 'whole' && desired.values.of === 'invoice' && desired.values.fields['number'];
  return typeof number === 'string' ? number : null;
}
