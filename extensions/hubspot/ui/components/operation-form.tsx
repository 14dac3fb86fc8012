// The frame of every form that starts an operation: fields, what became of it, and the buttons.
import type { ReactNode } from 'react';
import {
  Alert,
  Button,
  Flex,
  Form,
  LoadingButton,
  ModalBody,
  ModalFooter,
  Text,
} from '@hubspot/ui-extensions';
import type { OperationState } from '../hooks/use-operation.ts';
import { LinkResult } from './link-result.tsx';

export type OperationFormProps = {
  state: OperationState;
  again: (() => void) | null;
  onSubmit: () => void;
  onClose: () => void;
  submitText: string;
  destructive?: boolean;
  children: ReactNode;
};

const failureTitle = { never: 'Not done', later: 'Not finished', 'after-reauth': 'Reconnect needed' };

export function OperationMessage({ state }: { state: OperationState }) {
  if (state.status === 'checking')
    return (
      <Alert title="Checking" variant="info">
        {state.message}
      </Alert>
    );
  if (state.status !== 'failed') return null;
  const { message, retry } = state.failure;
  return (
    <Alert title={failureTitle[retry]} variant={retry === 'never' ? 'danger' : 'warning'}>
      {message}
    </Alert>
  );
}

function SubmitButton({ state, again, submitText, destructive }: Omit<OperationFormProps, 'children'>) {
  if (again)
    return (
      <Button variant="primary" onClick={again}>
        Try again
      </Button>
    );
  return (
    <LoadingButton
      type="submit"
      variant={destructive ? 'destructive' : 'primary'}
      loading={state.status === 'sending'}
      disabled={state.status === 'sending' || state.status === 'checking'}
    >
      {submitText}
    </LoadingButton>
  );
}

/** What the operation left behind that the person has to pass on. */
function linkOf(state: OperationState): { payUrl: string; qr?: string; invoiceId?: string } | null {
  if (state.status === 'failed' && state.payUrl !== undefined) return { payUrl: state.payUrl };
  if (state.status !== 'done' || state.result.payUrl === undefined) return null;
  const { payUrl, qr, invoiceId } = state.result;
  return { payUrl, ...(qr !== undefined && { qr }), ...(invoiceId !== undefined && { invoiceId }) };
}

export function OperationForm(props: OperationFormProps) {
  const { state, onSubmit, onClose, children } = props;
  const link = linkOf(state);
  const isDone = state.status === 'done';
  return (
    <Form preventDefault autoComplete="off" onSubmit={onSubmit}>
      <ModalBody>
        <Flex direction="column" gap="medium">
          {isDone && <Text>{state.result.message}</Text>}
          {!isDone && !link && children}
          <OperationMessage state={state} />
          {link && <LinkResult {...link} />}
        </Flex>
      </ModalBody>
      <ModalFooter>
        {!isDone && !link && <SubmitButton {...props} />}
        <Button onClick={onClose}>{isDone || link ? 'Close' : 'Cancel'}</Button>
      </ModalFooter>
    </Form>
  );
}
