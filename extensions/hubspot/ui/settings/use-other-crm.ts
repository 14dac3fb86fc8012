// One step of another CRM's joining at a time: what is under way, what was wrong, and a code that was just made.
import { useState } from 'react';
import type { JoinCode } from '../view-types.ts';
import { usePage } from './page-context.ts';
import type { OtherCrmStep } from './settings-connector.ts';

export type OtherCrmState = {
  sending: OtherCrmStep['step'] | null;
  /** What went wrong; null when nothing did. */
  message: string | null;
  /** Shown until the page is left. */
  code: JoinCode | null;
  send: (step: OtherCrmStep) => Promise<boolean>;
};

export function useOtherCrm(): OtherCrmState {
  const { step: take, tell } = usePage();
  const [sending, setSending] = useState<OtherCrmStep['step'] | null>(null);
  const [message, setMessage] = useState<string | null>(null);
  const [code, setCode] = useState<JoinCode | null>(null);
  const send = async (step: OtherCrmStep): Promise<boolean> => {
    setSending(step.step);
    const answer = await take(step);
    setSending(null);
    setMessage(answer.ok ? null : answer.message);
    if (!answer.ok) return false;
    if (answer.code) setCode(answer.code);
    tell(answer.message);
    return true;
  };
  return { sending, message, code, send };
}
