// Puts the token of cards' calls into the org's External Credential, where Salesforce keeps it and shows it to nobody.
import { ConnectorError } from '../../../errors.ts';
import type { CrmConnection } from '../../crm.ts';
import type { Ask, AskFor } from '../client.ts';
import type { OrgOf } from '../schema/org.ts';

const PATH = '/named-credentials/credential';

export const createKeepToken =
  (askFor: AskFor, orgOf: OrgOf) =>
  async (connection: CrmConnection, token: string): Promise<void> => {
    const { credential } = (await orgOf(connection)).names;
    const body = {
      externalCredential: credential.name,
      authenticationProtocol: 'Custom',
      principalName: credential.principal,
      principalType: 'NamedPrincipal',
      credentials: { [credential.parameter]: { value: token, encrypted: true } },
    };
    await replaceOrMake(askFor(connection), body);
  };

/** What is there is replaced; only where there is nothing yet it has to be made. */
async function replaceOrMake(ask: Ask, body: object): Promise<void> {
  try {
    await ask({ method: 'PUT', path: PATH, body });
  } catch (error) {
    const isAbsent =
      error instanceof ConnectorError && (error.code === 'crm_rejected' || error.code === 'not_found');
    if (!isAbsent) throw error;
    await ask({ method: 'POST', path: PATH, body });
  }
}
