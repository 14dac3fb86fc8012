// The record's invoices, a page at a time, with amounts aligned and what can be done with each.
import {
  Flex,
  Heading,
  StatusTag,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
  Text,
} from '@hubspot/ui-extensions';
import { useCard } from '../card-context.ts';
import type { InvoiceView } from '../view-types.ts';
import { InvoiceActions } from './invoice-actions.tsx';
import { LiveTag } from './live-tag.tsx';
import { Pager } from './pager.tsx';

function InvoiceRow({ invoice }: { invoice: InvoiceView }) {
  const { number, memo, statusText, tone, liveText, dueText, total, due } = invoice;
  return (
    <TableRow>
      <TableCell>
        <Text format={{ fontWeight: 'demibold' }}>{number}</Text>
        {memo !== null && (
          <Text variant="microcopy" truncate={{ maxWidth: 220, tooltipText: memo }}>
            {memo}
          </Text>
        )}
      </TableCell>
      <TableCell>
        <Flex direction="column" gap="extra-small" align="start">
          <StatusTag variant={tone}>{statusText}</StatusTag>
          {liveText !== null && <LiveTag text={liveText} />}
        </Flex>
      </TableCell>
      <TableCell align="right">
        <Text format={{ fontWeight: 'demibold' }}>{due.text}</Text>
        {total.amountMinor !== due.amountMinor && <Text variant="microcopy">of {total.text}</Text>}
      </TableCell>
      <TableCell>{dueText ?? '–'}</TableCell>
      <TableCell align="right">
        <InvoiceActions invoice={invoice} />
      </TableCell>
    </TableRow>
  );
}

export function InvoicesTable() {
  const { invoices } = useCard().view;
  if (invoices.length === 0) return null;
  return (
    <Flex direction="column" gap="small">
      <Heading>Invoices</Heading>
      <Table bordered density="condensed">
        <TableHead>
          <TableRow>
            <TableHeader>Invoice</TableHeader>
            <TableHeader>Status</TableHeader>
            <TableHeader align="right">Owed</TableHeader>
            <TableHeader>Due</TableHeader>
            <TableHeader align="right">Actions</TableHeader>
          </TableRow>
        </TableHead>
        <TableBody>
          {invoices.map((invoice) => (
            <InvoiceRow key={invoice.id} invoice={invoice} />
          ))}
        </TableBody>
      </Table>
      <Pager />
    </Flex>
  );
}
