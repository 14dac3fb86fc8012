// The latest payments: when, how, what became of them, how much.
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
import type { PaymentView } from '../view-types.ts';

function PaymentRow({ payment }: { payment: PaymentView }) {
  const { dateText, methodText, tone, statusText, amount, note } = payment;
  return (
    <TableRow>
      <TableCell>{dateText}</TableCell>
      <TableCell>{methodText}</TableCell>
      <TableCell>
        <StatusTag variant={tone}>{statusText}</StatusTag>
      </TableCell>
      <TableCell align="right">
        <Text>{amount.text}</Text>
        {note !== null && <Text variant="microcopy">{note}</Text>}
      </TableCell>
    </TableRow>
  );
}

export function PaymentsTable() {
  const { payments } = useCard().view;
  if (payments.length === 0) return null;
  return (
    <Flex direction="column" gap="small">
      <Heading>Recent payments</Heading>
      <Table bordered density="condensed">
        <TableHead>
          <TableRow>
            <TableHeader>Date</TableHeader>
            <TableHeader>Paid with</TableHeader>
            <TableHeader>Status</TableHeader>
            <TableHeader align="right">Amount</TableHeader>
          </TableRow>
        </TableHead>
        <TableBody>
          {payments.map((payment) => (
            <PaymentRow key={payment.id} payment={payment} />
          ))}
        </TableBody>
      </Table>
    </Flex>
  );
}
