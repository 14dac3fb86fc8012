// What goes between the threads as text, as it stands in the file: copying it object by object costs more than all else.
import { canonical } from '../../canonical-json.ts';
import type { Row } from '../../ledger/facts.ts';
import type { Cluster, Commit, Offered } from '../store.ts';

export type WrittenRow = Omit<Row, 'aspects'> & { aspects: string };
export type WrittenCluster = Omit<Cluster, 'rows'> & { rows: WrittenRow[] };
export type WrittenState = Omit<Offered, 'state'> & { installationId: string; desired: string };
export type WrittenCommit = Omit<Commit<unknown>, 'facts' | 'rows' | 'desired'> & {
  facts: string[];
  rows: WrittenRow[];
  desired: WrittenState[];
};

export const opened = (row: WrittenRow): Row => ({
  ...row,
  aspects: JSON.parse(row.aspects) as Row['aspects'],
});

export const openedCluster = ({ rows, ...read }: WrittenCluster): Cluster => ({
  ...read,
  rows: rows.map(opened),
});

export const written = ({ facts, rows, desired, ...wish }: Commit<unknown>): WrittenCommit => ({
  ...wish,
  facts: facts.map(canonical),
  rows: rows.map((row) => ({ ...row, aspects: JSON.stringify(row.aspects) })),
  desired: desired.map(({ state, ...offered }) => ({
    ...offered,
    installationId: 'record' in state ? state.record.installationId : state.installationId,
    desired: JSON.stringify(state),
  })),
});
