// What the settings page says of another CRM: who is in the workspace, who asks to be, and what an admin may do about it.
import type { JoinRefusal } from '../workspaces/join.ts';
import type { OtherCrm } from './other-crm-schema.ts';

/** An installation, as people know it. */
export type InstallationName = { crm: string; name: string; portalId: string };

export type OtherCrmInput = {
  /** What people call the caller's CRM, and those that are not in the workspace yet. */
  crm: string;
  absent: string[];
  joined: (InstallationName & { id: string; connected: boolean })[];
  requests: (InstallationName & {
    requestId: string;
    askedBy: string;
    askedAt: string;
    admins: number;
    others: number;
    /** A move was cut off, and is finished by the same answer. */
    begun: boolean;
  })[];
  asked: { workspace: string; askedAt: string; begun: boolean } | null;
  declined: { workspace: string; at: string } | null;
  /** Why this installation cannot leave its workspace; null for nothing. */
  stays: JoinRefusal | null;
};

/** Whoever asks chose their names themselves: they must not hide, turn round or push away what stands behind them. */
const named = (name: string): string => name.replaceAll(/[\p{Cc}\p{Cf}]/gu, '').slice(0, MOST_NAME);
const MOST_NAME = 80;

/** The id stands there in any case; a CRM may know no better name for an account. */
function titleOf({ crm, name, portalId }: InstallationName): string {
  const plain = `${crm} ${portalId}`;
  return name === plain ? plain : `${named(name)} (${plain})`;
}

/** @param momentText a moment as people of the workspace read it */
export function otherCrmView(input: OtherCrmInput, momentText: (at: string) => string): OtherCrm {
  const { crm, absent, joined, requests, asked, declined, stays } = input;
  const absentText = absent.join(' or ');
  return {
    joined: joined.map(({ connected, ...one }) => ({
      id: one.id,
      title: titleOf(one),
      stateText: connected ? 'Connected' : 'Uninstalled',
      tone: connected ? 'success' : 'warning',
    })),
    requests: requests.map((one) => ({
      requestId: one.requestId,
      title: `${titleOf(one)} asks to join`,
      text: one.begun ? UNFINISHED : requestText(one, momentText(one.askedAt)),
      mayDecline: !one.begun,
    })),
    asked: asked && {
      title: `Waits for an admin of ${asked.workspace}`,
      text: asked.begun
        ? 'An admin there has confirmed, but the move was cut off: it is finished once they confirm again.'
        : `Asked ${momentText(asked.askedAt)}. Until an admin there confirms in Payside’s settings, nothing changes here; after seven days without an answer the request is over.`,
      mayTakeBack: !asked.begun,
    },
    declinedText:
      declined && `An admin of ${declined.workspace} declined the request ${momentText(declined.at)}.`,
    mayInvite: absent.length > 0,
    inviteText:
      absent.length > 0
        ? `Make a code here and have it entered in Payside’s settings in ${absentText}. Whoever has it can only ask: nothing moves until you confirm here.`
        : 'Every CRM this connector knows is in this workspace.',
    mayAsk: stays === null && absent.length > 0,
    askText: absent.length > 0 ? askText(crm, absentText, stays) : null,
  };
}

const UNFINISHED = 'It was confirmed, but the move was cut off. Confirm once more to finish it.';

function requestText({ askedBy, admins, others }: OtherCrmInput['requests'][number], at: string): string {
  const people = others === 0 ? '' : `, ${counted(others, 'other', 'others')}`;
  return (
    `Asked by ${named(askedBy)}, ${at}. Once you confirm, it works on this workspace’s customers, invoices and gateway: ` +
    `its people keep their roles (${counted(admins, 'admin', 'admins')}${people}). Confirm only if it is your company’s.`
  );
}

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

function askText(crm: string, absent: string, stays: JoinRefusal | null): string {
  if (stays === 'own_gateway')
    return `${crm} itself cannot ask to join elsewhere: it has a payment gateway here, and two ledgers are never merged.`;
  if (stays !== null) return 'Two CRMs are in this workspace; neither of them moves on its own.';
  return `Does your company use Payside in ${absent} already? Enter a code that an admin made in its settings: after they confirm, both work on one ledger.`;
}

export const JOIN_REFUSALS: Record<JoinRefusal, string> = {
  code: 'This code is not valid: it may be mistyped, used or older than 30 minutes. Ask for a new one.',
  own_gateway:
    'The CRM that asks has a payment gateway of its own in Payside. Two ledgers are never merged, so it stays where it is.',
  not_alone: 'Two CRMs are in the workspace of the one that asks. Neither of them moves on its own.',
  same_workspace: 'This CRM is in that workspace already. Enter the code in the other CRM.',
  same_crm: 'That workspace has a CRM of this kind already, and takes one of each.',
  not_installed:
    'Payside is not installed any more in the CRM that asks. Install it again, then ask with a new code.',
  asker_gone: 'Whoever asked is no admin there any more. Have an admin ask again with a new code.',
  no_request: 'There is no such request any more: it was answered, taken back, or is older than seven days.',
};
