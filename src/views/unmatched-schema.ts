// The contract of the list of customers that belong to no record yet: who they are, why, and whom they could be.
import { z } from 'zod';

export const unmatchedReasonSchema = z.enum(['no_contact', 'several_contacts', 'shared_address', 'released']);

const candidateSchema = z.strictObject({
  objectType: z.string(),
  recordId: z.string(),
  /** Null when the CRM did not say. */
  name: z.string().nullable(),
});

export const unmatchedPayerSchema = z.strictObject({
  customerId: z.string(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  reason: unmatchedReasonSchema,
  reasonText: z.string(),
  /** Records of the caller's portal that have the address, or that the customer was taken off. */
  candidates: z.array(candidateSchema),
});

export const unmatchedAnswerSchema = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true),
    payers: z.array(unmatchedPayerSchema).max(50),
    /** How many there are, also those that are not in `payers`. */
    total: z.int(),
  }),
  z.strictObject({
    ok: z.literal(false),
    code: z.string(),
    message: z.string(),
    retry: z.enum(['never', 'later', 'after-reauth']),
  }),
]);

export type UnmatchedPayerView = z.infer<typeof unmatchedPayerSchema>;
export type UnmatchedAnswer = z.infer<typeof unmatchedAnswerSchema>;
