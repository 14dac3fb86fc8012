// The gateway's customers that belong to the record, why, and the way to say that one does not.
import { useState } from 'react';
import {
  Accordion,
  Button,
  Flex,
  Heading,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
  Text,
} from '@hubspot/ui-extensions';
import { useCard } from '../card-context.ts';
import type { PayerView } from '../view-types.ts';
import { useDialog } from './dialog.tsx';
import { ReleaseForm } from './simple-forms.tsx';

const dialogId = ({ customerId }: PayerView): string => `release-payer:${customerId}`;

type PayerProps = { payer: PayerView; onAsk: (payer: PayerView) => void };

function ReleaseButton({ payer, onAsk }: PayerProps) {
  const { onClick, overlay } = useDialog({
    id: dialogId(payer),
    title: 'Not this customer?',
    danger: true,
    content: (dialog) => <ReleaseForm payer={payer} {...dialog} />,
  });
  const ask = (): void => {
    onAsk(payer);
    onClick();
  };
  return (
    <Button size="xs" overlay={overlay} onClick={ask} testId={`release-${payer.customerId}`}>
      Not this customer
    </Button>
  );
}

function Name({ payer: { name, email } }: { payer: PayerView }) {
  return (
    <>
      <Text format={{ fontWeight: 'demibold' }}>{name}</Text>
      {email !== null && <Text variant="microcopy">{email}</Text>}
    </>
  );
}

const canRelease = ({ actions }: PayerView): boolean => actions.includes('release-payer');

function PayerRow({ payer, onAsk, hasActions }: PayerProps & { hasActions: boolean }) {
  const { reasonText, note } = payer;
  return (
    <TableRow>
      <TableCell>
        <Name payer={payer} />
      </TableCell>
      <TableCell>
        <Text>{reasonText}</Text>
        {note !== null && <Text variant="microcopy">{note}</Text>}
      </TableCell>
      {hasActions && (
        <TableCell align="right">
          {canRelease(payer) && <ReleaseButton payer={payer} onAsk={onAsk} />}
        </TableCell>
      )}
    </TableRow>
  );
}

type ListProps = { payers: readonly PayerView[]; onAsk: (payer: PayerView) => void };

function PayersTable({ payers, onAsk }: ListProps) {
  const hasActions = payers.some(canRelease);
  return (
    <Table bordered density="condensed">
      <TableHead>
        <TableRow>
          <TableHeader>Customer</TableHeader>
          <TableHeader>Why</TableHeader>
          {hasActions && <TableHeader align="right">Actions</TableHeader>}
        </TableRow>
      </TableHead>
      <TableBody>
        {payers.map((payer) => (
          <PayerRow key={payer.customerId} payer={payer} onAsk={onAsk} hasActions={hasActions} />
        ))}
      </TableBody>
    </Table>
  );
}

function PayerLines({ payer, onAsk }: PayerProps) {
  const { reasonText, note } = payer;
  return (
    <Flex direction="column">
      <Name payer={payer} />
      <Flex justify="between" align="center" gap="small" wrap>
        <Text variant="microcopy">{reasonText}</Text>
        {canRelease(payer) && <ReleaseButton payer={payer} onAsk={onAsk} />}
      </Flex>
      {note !== null && <Text variant="microcopy">{note}</Text>}
    </Flex>
  );
}

const PayersLines = ({ payers, onAsk }: ListProps) =>
  payers.map((payer) => <PayerLines key={payer.customerId} payer={payer} onAsk={onAsk} />);

/** The customer asked about stays in place while its dialog is open, also when it has just been taken off. */
function usePayers() {
  const { view, dialogs } = useCard();
  const [asked, onAsk] = useState<PayerView | null>(null);
  const isGone = asked !== null && view.payers.every(({ customerId }) => customerId !== asked.customerId);
  const payers = isGone && dialogs.isOpen(dialogId(asked)) ? [...view.payers, asked] : view.payers;
  return { payers, note: view.payersNote, onAsk };
}

/** Folded in the sidebar, where what is owed comes first. */
export function Payers({ compact }: { compact: boolean }) {
  const { payers, note, onAsk } = usePayers();
  if (payers.length === 0) return null;
  const title = payers.length === 1 ? 'Customer at the gateway' : 'Customers at the gateway';
  const more = note !== null && <Text variant="microcopy">{note}</Text>;
  if (compact)
    return (
      <Accordion title={title}>
        <Flex direction="column" gap="small">
          <PayersLines payers={payers} onAsk={onAsk} />
          {more}
        </Flex>
      </Accordion>
    );
  return (
    <Flex direction="column" gap="small">
      <Heading>{title}</Heading>
      <PayersTable payers={payers} onAsk={onAsk} />
      {more}
    </Flex>
  );
}
