// What is left for an erasure, from who asks for it to the last page: where it stopped it goes on.
import { z } from 'zod';
import type { RecordRef } from '../ledger/entities.ts';
import { payerName, type Payer } from '../ledger/erasure.ts';
import { recordKey } from '../ledger/facts.ts';
import type { WorkItem } from '../store/store.ts';

const recordShape = z.object({ installationId: z.string(), objectType: z.string(), recordId: z.string() });

export const erasureShape = z.object({
  /**
   * Who it is; erased in the ledger; taken out of what was said to CRMs, of facts; out of bodies of events; out of what people typed. Only then the
   * audit says that it was done.
   */
  stage: z.enum(['who', 'ledger', 'copies', 'facts', 'bodies', 'requests']),
  customers: z.array(z.object({ account: z.string(), customerId: z.string() })).default([]),
  /** The contact that was deleted, or that an operator named. */
  record: recordShape.nullable().default(null),
  /** The CRM has deleted the contact: its links end. */
  isGone: z.boolean().default(false),
  /** Addresses that bodies are looked through for, sealed: they are to be found in no file meanwhile. */
  addresses: z.string().nullable().default(null),
  /** Who asked for it, for the audit; null for what only follows an erasure. */
  actor: z.string().nullable().default(null),
  /** Only follows an erasure that was done before: all its steps are one, so that it begins anew when it is asked for meanwhile. */
  isLate: z.boolean().default(false),
  since: z.string().default(new Date(0).toISOString()),
  after: z.number().default(0),
  afterKey: z.string().default(''),
  facts: z.number().default(0),
  bodies: z.number().default(0),
});

export type Erasure = z.infer<typeof erasureShape>;

type Asked = { workspaceId: string; actor: string; at: Date };

const item = ({ workspaceId, at }: Asked, key: string, payload: Record<string, unknown>): WorkItem => ({
  workspaceId,
  kind: 'erase',
  key,
  payload,
  nextAt: at.toISOString(),
});

/** @param isGone the CRM has deleted the contact itself */
export const eraseContact = (asked: Asked, record: RecordRef, isGone: boolean): WorkItem =>
  item(asked, recordKey(record), { stage: 'who', record, isGone, actor: asked.actor });

export const erasePayer = (asked: Asked, payer: Payer): WorkItem =>
  item(asked, payerName(payer), { stage: 'who', customers: [payer], actor: asked.actor });
