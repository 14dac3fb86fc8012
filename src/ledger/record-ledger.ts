// What a CRM record shows of the ledger: its own money, and who pays there.
import type { Ledger } from './ledger.ts';

/**
 * The ledger of a record, and everything of its payers: the same, except on a deal. There only its own invoices count, but
 * what its payers have saved and hold as credit is theirs wherever it came from.
 */
export type RecordLedger = Ledger & { payers: Ledger };
