// The sidebar's invoices: the first few that are owed, one tile each.
import { Flex, StatusTag, Text, Tile } from '@hubspot/ui-extensions';
import { useCard } from '../card-context.ts';
import type { InvoiceView } from '../view-types.ts';
import { InvoiceActions } from './invoice-actions.tsx';
import { LiveTag } from './live-tag.tsx';

const SHOWN = 3;

function InvoiceTile({ invoice }: { invoice: InvoiceView }) {
  const { number, due, dueText, tone, statusText, liveText } = invoice;
  return (
    <Tile compact>
      <Flex direction="column" gap="extra-small">
        <Flex justify="between" gap="small">
          <Text format={{ fontWeight: 'demibold' }} truncate>
            {number}
          </Text>
          <Text format={{ fontWeight: 'demibold' }}>{due.text}</Text>
        </Flex>
        <Flex justify="between" align="center" gap="small">
          <StatusTag variant={tone}>{statusText}</StatusTag>
          {dueText !== null && <Text variant="microcopy">{dueText}</Text>}
        </Flex>
        {liveText !== null && <LiveTag text={liveText} />}
        <InvoiceActions invoice={invoice} />
      </Flex>
    </Tile>
  );
}

export function InvoiceTiles() {
  const { view, pages } = useCard();
  const owed = view.invoices.filter(({ state, due }) => state === 'draft' || due.amountMinor > 0);
  const shown = owed.slice(0, SHOWN);
  const isMore = owed.length > SHOWN || pages.next !== null;
  return (
    <Flex direction="column" gap="small">
      {shown.map((invoice) => (
        <InvoiceTile key={invoice.id} invoice={invoice} />
      ))}
      {isMore && <Text variant="microcopy">All invoices are in the Payments tab.</Text>}
    </Flex>
  );
}
