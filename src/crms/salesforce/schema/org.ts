// What we have to know of an org before we write to it: the package's namespace, and in which currencies it thinks.
import { z } from 'zod';
import { crmNotReady, crmUnavailable } from '../../../errors.ts';
import type { CrmConnection } from '../../crm.ts';
import type { Ask, AskFor } from '../client.ts';
import { queried } from '../read/soql.ts';
import { namesFor, type Names } from './names.ts';

export type Org = {
  name: string;
  /** The org's own, or the corporate one among several. */
  currency: string;
  /** Every record has a currency then, and its amounts are in that. */
  multiCurrency: boolean;
  names: Names;
};

export type OrgOf = (connection: CrmConnection) => Promise<Org>;

export type Orgs = { of: OrgOf; forget(connection: CrmConnection): void };

const INSTALL =
  'The Payside package is not installed in this org, or its permission set “Payside Integration” is not assigned to you. Install the package, assign the permission set, then start again.';

const entityRow = z.object({ NamespacePrefix: z.string().nullish() });
const currencyRow = z.object({ IsoCode: z.string() });

const organizationShape = z.object({
  name: z.string(),
  features: z.object({ multiCurrency: z.boolean(), defaultCurrencyIsoCode: z.string().nullish() }),
});

/** An org is asked once, and again after an install: none of this changes from one day to the next. */
export function createOrgs(askFor: AskFor): Orgs {
  const known = new Map<string, Promise<Org>>();
  return {
    of(connection) {
      const { installationId } = connection;
      const org = known.get(installationId) ?? lookAt(askFor(connection));
      known.set(installationId, org);
      return org.catch((error: unknown) => {
        if (known.get(installationId) === org) known.delete(installationId);
        throw error;
      });
    },
    forget: ({ installationId }) => void known.delete(installationId),
  };
}

async function lookAt(ask: Ask): Promise<Org> {
  const [entity] = await queried(ask, {
    soql: "SELECT NamespacePrefix FROM EntityDefinition WHERE DeveloperName = 'Payside_Invoice'",
    row: entityRow,
  });
  if (!entity) throw crmNotReady({ publicMessage: INSTALL, context: { vendor: 'salesforce' } });
  const found = organizationShape.safeParse(await ask({ method: 'GET', path: '/connect/organization' }));
  if (!found.success) throw crmUnavailable({ context: { vendor: 'salesforce', code: 'unreadable' } });
  const { name, features } = found.data;
  const currency = features.multiCurrency ? await corporate(ask) : features.defaultCurrencyIsoCode;
  if (!currency) throw crmUnavailable({ context: { vendor: 'salesforce', code: 'no_currency' } });
  const names = namesFor(entity.NamespacePrefix ?? '');
  return { name, currency, multiCurrency: features.multiCurrency, names };
}

async function corporate(ask: Ask): Promise<string | undefined> {
  const [found] = await queried(ask, {
    soql: 'SELECT IsoCode FROM CurrencyType WHERE IsCorporate = true',
    row: currencyRow,
  });
  return found?.IsoCode;
}
