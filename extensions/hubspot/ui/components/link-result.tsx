// A payment link to pass on: copy it, show its QR code, and see what the payer does with it.
import { useEffect } from 'react';
import { Button, Flex, Image, Link, StatusTag, Text } from '@hubspot/ui-extensions';
import { useCard } from '../card-context.ts';
import type { InvoiceView } from '../view-types.ts';
import { LiveTag } from './live-tag.tsx';

export type LinkResultProps = { payUrl: string; qr?: string; invoiceId?: string };

export function useCopyLink(): (payUrl: string) => Promise<void> {
  const { actions } = useCard();
  return async (payUrl) => {
    try {
      await actions.copyTextToClipboard(payUrl);
      actions.addAlert({ type: 'success', message: 'Payment link copied.' });
    } catch {
      actions.addAlert({
        type: 'warning',
        title: 'The browser did not allow copying',
        message: `Copy it from here: ${payUrl}`,
      });
    }
  };
}

/** What the payer does with the link; once it is settled, or can be no more, what became of the invoice. */
function PayerNow({ invoice }: { invoice: InvoiceView | undefined }) {
  if (!invoice || (invoice.state === 'open' && !invoice.flags.includes('processing')))
    return <LiveTag text={invoice?.liveText ?? 'Waiting for the payer to open it'} />;
  return <StatusTag variant={invoice.tone}>{invoice.statusText}</StatusTag>;
}

export function LinkResult({ payUrl, qr, invoiceId }: LinkResultProps) {
  const { view, watch } = useCard();
  const copy = useCopyLink();
  useEffect(() => {
    watch(true);
    return () => watch(false);
  }, [watch]);
  const invoice = view.invoices.find(({ id, payUrl: url }) => id === invoiceId || url === payUrl);
  return (
    <Flex direction="column" gap="small" align="start">
      <Text variant="microcopy">
        {qr === undefined
          ? 'Send this link to the payer.'
          : 'Send this link to the payer, or let them scan the code.'}
      </Text>
      <Link href={{ url: payUrl, external: true }}>{payUrl}</Link>
      {qr !== undefined && <Image src={qr} alt="QR code of the payment link" width={180} height={180} />}
      <Button variant="primary" size="sm" onClick={() => void copy(payUrl)}>
        Copy link
      </Button>
      <PayerNow invoice={invoice} />
    </Flex>
  );
}
