// What people must know before they act: test mode, warnings, an import under way, things not finished yet.
import { Alert, Button, Flex, ProgressBar, Text } from '@hubspot/ui-extensions';
import { useCard } from '../card-context.ts';
import type { Tone, WarningView } from '../view-types.ts';

const alertVariants = {
  default: 'info',
  info: 'info',
  success: 'success',
  warning: 'warning',
  danger: 'danger',
} as const satisfies Record<Tone, string>;

/** A newer connector may warn of something this card has no title for. */
const otherWarning = 'Please note';

const warningTitles: Record<WarningView['code'], string> = {
  reconnect_gateway: 'Payment gateway disconnected',
  reconnect_crm: 'HubSpot disconnected',
  not_connected: 'Not connected',
  write_back_delayed: 'Record is behind',
  several_payers: 'Several payers',
  no_payer: 'No payer yet',
  no_email: 'No e-mail address',
  overpaid: 'Overpaid',
  disputed: 'Disputed',
};

export function TestModeNotice() {
  if (useCard().view.mode !== 'test') return null;
  return (
    <Alert title="TEST MODE" variant="warning">
      No real money moves here.
    </Alert>
  );
}

function ImportNotice() {
  const { importing } = useCard().view;
  if (!importing) return null;
  const { done, total, text } = importing;
  if (total === null) return <Text variant="microcopy">{text}</Text>;
  return <ProgressBar title="Importing" value={done} maxValue={total} valueDescription={text} />;
}

function UnfinishedNotices() {
  const { unfinished } = useCard().view;
  return unfinished.map(({ operationId, state, text }) => (
    <Alert key={operationId} title={state === 'checking' ? 'Checking' : 'Under way'} variant="info">
      {text}
    </Alert>
  ));
}

/** The last question was not answered: what is shown is the view before. */
export function StaleNotice({ message, onRetry }: { message: string; onRetry: () => void }) {
  return (
    <Alert title="Not up to date" variant="warning">
      <Flex direction="column" gap="small" align="start">
        <Text>{message}</Text>
        <Button size="xs" onClick={onRetry} testId="retry-stale">
          Try again
        </Button>
      </Flex>
    </Alert>
  );
}

export function CardNotices() {
  const { warnings } = useCard().view;
  return (
    <>
      <TestModeNotice />
      {warnings.map(({ code, tone, text }) => (
        <Alert key={code} title={warningTitles[code] ?? otherWarning} variant={alertVariants[tone]}>
          {text}
        </Alert>
      ))}
      <ImportNotice />
      <UnfinishedNotices />
    </>
  );
}
