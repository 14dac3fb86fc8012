// Signed links for admins: who, for which workspace, until when; made inside the CRM or at the end of an install.
import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Secrets } from '../secrets/secrets.ts';

export type AdminLinks = {
  sign(workspaceId: string, userId: string): string;
  /** null for a link that is wrong or over. */
  read(link: string | undefined): { workspaceId: string; userId: string } | null;
};

const VALID_MS = 60 * 60_000;

export function createAdminLinks(secrets: Secrets, clock: Clock): AdminLinks {
  const signature = (claims: string): string => secrets.derive('admin link', claims);
  return {
    sign(workspaceId, userId) {
      const claims = `${workspaceId}.${userId}.${clock.now().getTime() + VALID_MS}`;
      return `${claims}.${signature(claims)}`;
    },
    read(link = '') {
      const [workspaceId = '', userId = '', until = '', given = ''] = link.split('.');
      const expected = Buffer.from(signature(`${workspaceId}.${userId}.${until}`));
      const isOurs = given.length === expected.length && timingSafeEqual(Buffer.from(given), expected);
      return isOurs && Number(until) > clock.now().getTime() ? { workspaceId, userId } : null;
    },
  };
}
