// Another CRM in the same workspace: who is there, who asks to be, and the code by which one may ask.
import { useState } from 'react';
import {
  Alert,
  Button,
  Divider,
  Flex,
  Form,
  Heading,
  Input,
  LoadingButton,
  StatusTag,
  Text,
  Tile,
} from '@hubspot/ui-extensions';
import type { JoinCode, OtherCrm } from '../view-types.ts';
import { usePage } from './page-context.ts';
import { useOtherCrm, type OtherCrmState } from './use-other-crm.ts';

type Acting = { acting: OtherCrmState };
type Invitation = Pick<OtherCrm, 'mayInvite' | 'inviteText' | 'requests'>;

const Joined = ({ joined }: Pick<OtherCrm, 'joined'>) => (
  <>
    {joined.map(({ id, title, stateText, tone }) => (
      <Flex key={id} gap="small" align="center" wrap="wrap">
        <Text format={{ fontWeight: 'bold' }}>{title}</Text>
        <StatusTag variant={tone}>{stateText}</StatusTag>
      </Flex>
    ))}
  </>
);

function Request({ request, acting }: Acting & { request: OtherCrm['requests'][number] }) {
  const { requestId, title, text, mayDecline } = request;
  const { sending, send } = acting;
  const isBusy = sending !== null;
  return (
    <Tile>
      <Flex direction="column" gap="small">
        <Text format={{ fontWeight: 'bold' }}>{title}</Text>
        <Text>{text}</Text>
        <Flex gap="small" wrap="wrap">
          <LoadingButton
            variant="primary"
            loading={sending === 'confirm'}
            disabled={isBusy}
            onClick={() => void send({ step: 'confirm', requestId })}
          >
            Confirm
          </LoadingButton>
          {mayDecline && (
            <Button disabled={isBusy} onClick={() => void send({ step: 'decline', requestId })}>
              Decline
            </Button>
          )}
        </Flex>
      </Flex>
    </Tile>
  );
}

function Asked({ asked, acting }: Acting & { asked: NonNullable<OtherCrm['asked']> }) {
  const { sending, send } = acting;
  return (
    <Tile>
      <Flex direction="column" gap="small" align="start">
        <Text format={{ fontWeight: 'bold' }}>{asked.title}</Text>
        <Text>{asked.text}</Text>
        {asked.mayTakeBack && (
          <Button disabled={sending !== null} onClick={() => void send({ step: 'take-back' })}>
            Take back
          </Button>
        )}
      </Flex>
    </Tile>
  );
}

function Code({ text, note }: JoinCode) {
  const { copy, tell, warn } = usePage();
  const press = (): void =>
    void copy(text).then(
      () => tell('Code copied.'),
      () => warn(`The browser did not allow copying. Copy it from here: ${text}`),
    );
  return (
    <Flex direction="column" gap="extra-small" align="start">
      <Text format={{ fontWeight: 'bold' }}>{text}</Text>
      <Text variant="microcopy">{note}</Text>
      <Button size="sm" onClick={press}>
        Copy code
      </Button>
    </Flex>
  );
}

/** A code that was used has become a request. */
function Invite({ acting, mayInvite, inviteText, requests }: Acting & Invitation) {
  const { sending, code, send } = acting;
  return (
    <Flex direction="column" gap="small" align="start">
      <Text variant="microcopy">{inviteText}</Text>
      {mayInvite && (
        <LoadingButton
          loading={sending === 'make-code'}
          disabled={sending !== null}
          onClick={() => void send({ step: 'make-code' })}
        >
          {code ? 'Make another code' : 'Make a code'}
        </LoadingButton>
      )}
      {mayInvite && code && requests.length === 0 && <Code {...code} />}
    </Flex>
  );
}

function Ask({ acting, mayAsk, askText }: Acting & Pick<OtherCrm, 'mayAsk' | 'askText'>) {
  const [code, setCode] = useState('');
  const { sending, send } = acting;
  if (askText === null) return null;
  if (!mayAsk) return <Text variant="microcopy">{askText}</Text>;
  const submit = (): void =>
    void send({ step: 'ask', code: code.trim() }).then((done) => {
      if (done) setCode('');
    });
  return (
    <Form preventDefault autoComplete="off" onSubmit={submit}>
      <Flex direction="column" gap="small" align="start">
        <Input
          label="Code from the other CRM"
          name="joinCode"
          description={askText}
          value={code}
          onInput={setCode}
        />
        <LoadingButton
          type="submit"
          loading={sending === 'ask'}
          disabled={sending !== null || code.trim() === ''}
        >
          Ask to join
        </LoadingButton>
      </Flex>
    </Form>
  );
}

export function OtherCrmSection({ otherCrm }: { otherCrm: OtherCrm }) {
  const acting = useOtherCrm();
  const { joined, requests, asked, declinedText, ...rest } = otherCrm;
  const { mayInvite, inviteText, mayAsk, askText } = rest;
  return (
    <Flex direction="column" gap="small">
      <Heading>Other CRM</Heading>
      <Joined joined={joined} />
      {requests.map((request) => (
        <Request key={request.requestId} request={request} acting={acting} />
      ))}
      {asked && <Asked asked={asked} acting={acting} />}
      {declinedText !== null && (
        <Alert title="Declined" variant="warning">
          {declinedText}
        </Alert>
      )}
      {acting.message !== null && (
        <Alert title="Not done" variant="danger">
          {acting.message}
        </Alert>
      )}
      <Invite acting={acting} mayInvite={mayInvite} inviteText={inviteText} requests={requests} />
      {!asked && <Ask acting={acting} mayAsk={mayAsk} askText={askText} />}
      <Divider />
    </Flex>
  );
}
