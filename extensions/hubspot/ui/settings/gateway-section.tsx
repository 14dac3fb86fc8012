// The gateway accounts: which are connected, how far a first sync is, its buttons, and the way to the connect page.
import { Alert, Button, Divider, Flex, Heading, ProgressBar, StatusTag, Text } from '@hubspot/ui-extensions';
import type { SettingsView } from '../view-types.ts';
import { usePage } from './page-context.ts';
import { SavedButton } from './saved-button.tsx';

type Account = SettingsView['accounts'][number];

function ModeNote() {
  const { mode, modeText } = usePage().view;
  if (mode === 'live' || mode === 'test_portal') return <Text variant="microcopy">{modeText}</Text>;
  return (
    <Alert title={mode === 'test' ? 'TEST MODE' : 'Not connected'} variant="warning">
      {modeText}
    </Alert>
  );
}

const WISHES = {
  pause: { text: 'Pause reading', word: 'Reading history is paused.' },
  resume: { text: 'Go on reading', word: 'Reading history goes on.' },
  again: { text: 'Read history again', word: 'History is being read again.' },
} as const;

/** What can be wished for of an import; a gateway that refuses us is connected again first. */
function wishOf({ state, importing }: Account): keyof typeof WISHES | null {
  if (importing) return importing.paused ? 'resume' : 'pause';
  return state === 'connected' ? 'again' : null;
}

function ImportButton({ account }: { account: Account }) {
  const wish = wishOf(account);
  if (wish === null) return null;
  return <SavedButton {...WISHES[wish]} change={{ history: { account: account.id, wish } }} />;
}

function AccountRow({ account, isAdmin }: { account: Account; isAdmin: boolean }) {
  const { name, mode, stateText, tone, importing, verifiedText } = account;
  return (
    <Flex direction="column" gap="extra-small">
      <Flex gap="small" align="center" wrap="wrap">
        <Text format={{ fontWeight: 'bold' }}>{name}</Text>
        <StatusTag variant={tone}>{importing ? importing.word : stateText}</StatusTag>
        {mode === 'test' && (
          <StatusTag variant="warning" hollow>
            Test keys
          </StatusTag>
        )}
      </Flex>
      {importing && importing.total !== null && (
        <ProgressBar title="History" value={importing.done} maxValue={importing.total} />
      )}
      <Text variant="microcopy">{importing ? stateText : verifiedText}</Text>
      {isAdmin && <ImportButton account={account} />}
    </Flex>
  );
}

export function GatewaySection() {
  const { view, reload } = usePage();
  const { accounts, admin } = view;
  return (
    <Flex direction="column" gap="small">
      <Heading>Payment gateway</Heading>
      <ModeNote />
      {accounts.map((account) => (
        <AccountRow key={account.id} account={account} isAdmin={admin !== null} />
      ))}
      {admin && (
        <Flex gap="small" wrap="wrap">
          <Button
            variant={accounts.length === 0 ? 'primary' : 'secondary'}
            href={{ url: admin.connectUrl, external: true }}
          >
            {accounts.length === 0 ? 'Connect Stripe' : 'Connect other keys'}
          </Button>
          <Button variant="transparent" onClick={reload}>
            Look again
          </Button>
        </Flex>
      )}
      <Divider />
    </Flex>
  );
}
