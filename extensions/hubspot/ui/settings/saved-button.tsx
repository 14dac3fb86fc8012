// A change that one button makes, and what went wrong with it.
import { Alert, Flex, LoadingButton } from '@hubspot/ui-extensions';
import type { SettingsChange } from './settings-connector.ts';
import { useSave } from './use-save.ts';

export type SavedButtonProps = {
  text: string;
  change: SettingsChange;
  /** What is said once it is done. */
  word: string;
};

export function SavedButton({ text, change, word }: SavedButtonProps) {
  const { saving, message, send } = useSave();
  return (
    <Flex direction="column" gap="small" align="start">
      {message !== null && (
        <Alert title="Not done" variant="danger">
          {message}
        </Alert>
      )}
      <LoadingButton size="sm" loading={saving} disabled={saving} onClick={() => send(change, word)}>
        {text}
      </LoadingButton>
    </Flex>
  );
}
