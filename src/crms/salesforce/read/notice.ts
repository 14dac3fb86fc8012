// What the package's triggers tell: which records should be looked at, proven by the org's token.
import { z } from 'zod';
import type { HoldsToken, Noticed, NoticeVerdict, SignedCall } from '../../crm.ts';
import { verifyCall } from '../verify.ts';
import { objectType } from '../read.ts';
import { isRecordId } from './record-id.ts';

const noticeShape = z.object({
  /** Made with the notice, so that one that comes twice is one. */
  id: z.uuid(),
  changes: z.array(z.object({ kind: z.string(), objectType: z.string(), recordId: z.string() })),
});

type Told = z.infer<typeof noticeShape>;

const WHAT: Readonly<Record<string, Noticed['what']>> = {
  'opportunity-won': 'deal-won',
  'billing-address-changed': 'address-changed',
};

export async function verifyNotice(call: SignedCall, holds: HoldsToken): Promise<NoticeVerdict> {
  const verdict = await verifyCall(call, holds);
  if (!verdict.verified) return verdict;
  const id = toldIn(call.raw)?.id ?? null;
  return { verified: true, notices: [{ portalId: verdict.caller.portalId, id }] };
}

export const readNotice = (raw: Uint8Array): Noticed[] | null => toldIn(raw)?.changes.map(toNoticed) ?? null;

/** Ids and names go into queries: what is none of ours is not looked at. */
function toNoticed({ kind, objectType: type, recordId }: Told['changes'][number]): Noticed {
  const isRecord = objectType(type) !== null && isRecordId(recordId);
  return { what: (isRecord ? WHAT[kind] : undefined) ?? 'unknown', objectType: type, recordId };
}

function toldIn(raw: Uint8Array): Told | null {
  try {
    return noticeShape.safeParse(JSON.parse(Buffer.from(raw).toString('utf8'))).data ?? null;
  } catch {
    return null;
  }
}
