// Reads the package's external credential: whose it is, and which of its values the Named Credential sends along.
import { ofType, readPackage, baseName } from '../../extensions/salesforce/metadata/package-source.ts';
import { childrenOf, textOf } from '../../extensions/salesforce/metadata/xml-node.ts';

export type PackageCredential = { name: string; principal: string; parameter: string };

/** @param folder `force-app/main/default` of the package */
export function readCredential(folder: string): PackageCredential {
  const [credential] = ofType(readPackage(folder), 'ExternalCredential');
  if (!credential) throw new Error('the package has no external credential');
  const parameters = childrenOf(credential.root, 'externalCredentialParameters');
  const valueOf = (type: string, name: string): string =>
    textOf(parameters.find((one) => textOf(one, 'parameterType') === type) ?? credential.root, name) ?? '';
  const name = baseName(credential);
  const principal = valueOf('NamedPrincipal', 'parameterName');
  const sent = valueOf('AuthHeader', 'parameterValue');
  const [, of, parameter] = /\$Credential\.(\w+)\.(\w+)/.exec(sent) ?? [];
  if (of !== name || !principal || !parameter) throw new Error(`${name} sends nothing of its own`);
  return { name, principal, parameter };
}
