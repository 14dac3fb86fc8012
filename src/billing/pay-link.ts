// Pay links: reproducible, not to be guessed, revoked by version.
import { timingSafeEqual } from 'node:crypto';
import type { Secrets } from '../secrets/secrets.ts';

export type PayLinkTarget = { account: string; invoiceId: string; version: number };

export type PayLinks = {
  token(target: PayLinkTarget): string;
  /** null for whatever we did not make. */
  read(token: string): PayLinkTarget | null;
};

const SHAPE = /^([A-Za-z0-9_]{3,64})\.([A-Za-z0-9_]{3,64})\.(\d{1,6})\.([A-Za-z0-9_-]{43})$/;

export function createPayLinks(secrets: Secrets): PayLinks {
  const sign = (subject: string): string => secrets.derive('pay link', subject);
  return {
    token({ account, invoiceId, version }) {
      const subject = `${account}.${invoiceId}.${version}`;
      return `${subject}.${sign(subject)}`;
    },
    read(token) {
      const [, account, invoiceId, version, given] = SHAPE.exec(token) ?? [];
      if (!account || !invoiceId || !version || !given) return null;
      const expected = Buffer.from(sign(`${account}.${invoiceId}.${version}`));
      const isOurs = given.length === expected.length && timingSafeEqual(Buffer.from(given), expected);
      return isOurs ? { account, invoiceId, version: Number(version) } : null;
    },
  };
}
