// The CRMs of this house by name, and their calls behind one door: a connection says whose it is.
import type { Crm, CrmConnection, CrmName } from '../crms/crm.ts';
import { accessDenied } from '../errors.ts';

/** Calls that begin with the connection they go to. */
export type CrmCalls = Pick<Crm, 'read' | 'findByEmail' | 'dealLines' | 'payersOf' | 'users'>;

export type Crms = {
  all: readonly Crm[];
  /** @throws access_denied for a CRM whose settings were taken away after it was installed */
  of(name: CrmName): Crm;
  calls: CrmCalls;
};

const NO_SETTINGS = 'This connector has no settings for this CRM. Ask whoever operates it.';

export function createCrms(all: readonly Crm[]): Crms {
  const of = (name: CrmName): Crm => {
    const found = all.find((one) => one.name === name);
    if (!found) throw accessDenied({ publicMessage: NO_SETTINGS, context: { vendor: name } });
    return found;
  };
  const at = ({ crm }: CrmConnection): Crm => of(crm);
  return {
    all,
    of,
    calls: {
      read: async (connection, ...rest) => at(connection).read(connection, ...rest),
      findByEmail: async (connection, ...rest) => at(connection).findByEmail(connection, ...rest),
      dealLines: async (connection, ...rest) => at(connection).dealLines(connection, ...rest),
      payersOf: async (connection, ...rest) => at(connection).payersOf(connection, ...rest),
      users: async (connection) => at(connection).users(connection),
    },
  };
}
