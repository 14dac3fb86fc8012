// The figures that matter first: owed, overdue, collected; the status; and when it was last checked.
import { Button, Flex, Statistics, StatisticsItem, StatusTag, Text } from '@hubspot/ui-extensions';
import { useCard } from '../card-context.ts';
import type { Amount } from '../view-types.ts';

/** One currency per item, as the connector worded it. */
const amounts = (list: Amount[]): string => list.map(({ text }) => text).join(' · ');

function Figures({ compact }: { compact: boolean }) {
  const { owed, overdue, collected, credit } = useCard().view;
  return (
    <Statistics>
      <StatisticsItem label="Owed" number={amounts(owed) || '–'} />
      {(!compact || overdue.length > 0) && (
        <StatisticsItem label="Overdue" number={amounts(overdue) || '–'} />
      )}
      {!compact && <StatisticsItem label="Collected" number={amounts(collected) || '–'} />}
      {credit.length > 0 && <StatisticsItem label="Credit" number={amounts(credit)} />}
    </Statistics>
  );
}

export function CardHeader({ compact = false }: { compact?: boolean }) {
  const { view, reload } = useCard();
  return (
    <Flex direction="column" gap="small">
      <Flex justify="between" align="center" gap="small" wrap>
        <StatusTag variant={view.tone}>{view.statusText}</StatusTag>
        <Flex align="center" gap="extra-small">
          <Text variant="microcopy">{view.verifiedText}</Text>
          <Button variant="transparent" size="xs" onClick={reload} testId="refresh">
            Refresh
          </Button>
        </Flex>
      </Flex>
      <Figures compact={compact} />
    </Flex>
  );
}
