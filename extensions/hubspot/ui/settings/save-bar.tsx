// The foot of every settings form: what went wrong, and the button.
import { Alert, Flex, LoadingButton } from '@hubspot/ui-extensions';
import type { FormState } from './use-save.ts';

export type SaveBarProps = { form: FormState; text: string; disabled?: boolean };

export function SaveBar({ form, text, disabled = false }: SaveBarProps) {
  return (
    <Flex direction="column" gap="small" align="start">
      {form.message !== null && (
        <Alert title="Not saved" variant="danger">
          {form.message}
        </Alert>
      )}
      <LoadingButton type="submit" variant="primary" loading={form.saving} disabled={form.saving || disabled}>
        {text}
      </LoadingButton>
    </Flex>
  );
}
