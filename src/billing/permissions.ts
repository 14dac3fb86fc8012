// Which role may start which operation.
import type { OperationKind } from '../views/card-schema.ts';
import type { Role } from '../workspaces/workspace.ts';

const LEAST: Record<OperationKind, Role> = {
  'create-invoice': 'rep',
  'send-invoice': 'rep',
  'create-link': 'rep',
  'charge-saved-method': 'rep',
  'void-invoice': 'finance',
  'return-credit': 'finance',
  'assign-payer': 'finance',
  'release-payer': 'finance',
};

const RANK: Record<Role, number> = { viewer: 0, rep: 1, finance: 2, admin: 3 };

export const mayStart = (role: Role, kind: OperationKind): boolean => RANK[role] >= RANK[LEAST[kind]];

export const allowedKinds = (role: Role): ReadonlySet<OperationKind> =>
  new Set((Object.keys(LEAST) as OperationKind[]).filter((kind) => mayStart(role, kind)));
