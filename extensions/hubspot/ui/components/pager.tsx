// Turns the pages of a long list of invoices.
import { Button, Flex, Text } from '@hubspot/ui-extensions';
import { useCard } from '../card-context.ts';

export function Pager() {
  const { number, turning, next, previous } = useCard().pages;
  if (!next && !previous) return null;
  return (
    <Flex gap="small" justify="end" align="center">
      <Button size="xs" disabled={turning || !previous} onClick={() => previous?.()} testId="previous-page">
        Newer
      </Button>
      <Text variant="microcopy">Page {number}</Text>
      <Button size="xs" disabled={turning || !next} onClick={() => next?.()} testId="next-page">
        Older
      </Button>
    </Flex>
  );
}
