// What a card shows when there is no view to lay out, or the view says why it is bare.
import { Button, EmptyState, ErrorState, Flex, LoadingSpinner, Text } from '@hubspot/ui-extensions';
import type { Failure } from '../connector.ts';
import type { CardView } from '../view-types.ts';

export const LoadingCard = () => <LoadingSpinner label="Loading payments" showLabel layout="centered" />;

export function FailedCard({ failure, onRetry }: { failure: Failure; onRetry: () => void }) {
  const isOurs = failure.retry !== 'never';
  return (
    <ErrorState
      title={isOurs ? 'Payments could not be loaded' : 'Payments are not available'}
      type={isOurs ? 'error' : 'lock'}
    >
      <Flex direction="column" gap="small" align="center">
        <Text>{failure.message}</Text>
        {isOurs && (
          <Button size="sm" onClick={onRetry} testId="retry-load">
            Try again
          </Button>
        )}
      </Flex>
    </ErrorState>
  );
}

const bareStates = {
  not_connected: {
    title: 'No payment gateway yet',
    image: 'integrations',
    fallback: 'An admin connects it in the settings of Payside.',
  },
  reconnect: {
    title: 'Reconnect the payment gateway',
    image: 'lock',
    fallback: 'An admin has to connect it again.',
  },
  empty: {
    title: 'Nothing to collect yet',
    image: 'store',
    fallback: 'Invoices and payments of this customer will appear here.',
  },
} as const;

/** Says why the view is bare; nothing when it is not. */
export function BareCard({ view }: { view: Pick<CardView, 'state' | 'message'> }) {
  if (view.state === 'ready') return null;
  // A newer connector may know states this card does not: its message still says what to do.
  const { title, image, fallback } = bareStates[view.state] ?? bareStates.empty;
  return (
    <EmptyState title={title} imageName={image} imageWidth={120} layout="vertical">
      <Text>{view.message ?? fallback}</Text>
    </EmptyState>
  );
}
