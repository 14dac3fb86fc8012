// The part of the settings page where another CRM joins: what an admin of either side sees of it, and what they may do.
import { z } from 'zod';

export const otherCrmSchema = z.strictObject({
  /** The other CRMs of this workspace. */
  joined: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      stateText: z.string(),
      tone: z.enum(['success', 'warning']),
    }),
  ),
  /** What waits for an admin of this workspace; `mayDecline` is false once a move has begun. */
  requests: z.array(
    z.strictObject({ requestId: z.uuid(), title: z.string(), text: z.string(), mayDecline: z.boolean() }),
  ),
  /** What this installation asked for and has no answer to. */
  asked: z.strictObject({ title: z.string(), text: z.string(), mayTakeBack: z.boolean() }).nullable(),
  /** What was answered no; null where there is nothing to tell. */
  declinedText: z.string().nullable(),
  /** Whether a code may be made here, and what it is for or why not. */
  mayInvite: z.boolean(),
  inviteText: z.string(),
  /** Whether this installation may ask with a code, and what that does or why not; null where there is nobody to ask. */
  mayAsk: z.boolean(),
  askText: z.string().nullable(),
});

const operationId = z.uuid();
const requestId = z.uuid();

export const otherCrmRequestSchema = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('make-code'), operationId }),
  z.strictObject({ step: z.literal('ask'), operationId, code: z.string().max(100) }),
  z.strictObject({ step: z.literal('take-back'), operationId }),
  z.strictObject({ step: z.literal('confirm'), operationId, requestId }),
  z.strictObject({ step: z.literal('decline'), operationId, requestId }),
]);

/** Shown once: only its hash is kept. */
export const joinCodeSchema = z.strictObject({ text: z.string(), note: z.string() });

export type OtherCrm = z.infer<typeof otherCrmSchema>;
export type OtherCrmRequest = z.infer<typeof otherCrmRequestSchema>;
