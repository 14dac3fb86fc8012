// Cards and bank accounts on file, and whether they may be charged.
import { DescriptionList, DescriptionListItem, Flex, Heading, Text } from '@hubspot/ui-extensions';
import { useCard } from '../card-context.ts';
import type { MethodView } from '../view-types.ts';

const remark = ({ expiresText, chargeable }: MethodView): string =>
  [expiresText, chargeable ? null : 'only the payer can use it'].filter((part) => part !== null).join(' · ');

export function SavedMethods() {
  const { methods } = useCard().view;
  if (methods.length === 0) return null;
  return (
    <Flex direction="column" gap="small">
      <Heading>On file</Heading>
      <DescriptionList direction="row">
        {methods.map((method) => (
          <DescriptionListItem key={method.id} label={method.text}>
            <Text variant="microcopy">{remark(method)}</Text>
          </DescriptionListItem>
        ))}
      </DescriptionList>
    </Flex>
  );
}
