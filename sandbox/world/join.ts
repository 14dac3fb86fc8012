// A portal joins the workspace of its company's org, as admins of both do it on their settings pages.
import { z } from 'zod';
import type { PortalSeed } from '../hubspot/start.ts';
import type { OrgSeed } from '../salesforce/start.ts';
import { orgAdmin, portalAdmin } from './settings-calls.ts';
import type { World } from './world.ts';

const OTHER_CRM = '/api/v1/settings/other-crm';

const madeShape = z.object({ code: z.object({ text: z.string() }) });
const seenShape = z.object({
  view: z.object({
    admin: z.object({ otherCrm: z.object({ requests: z.array(z.object({ requestId: z.string() })) }) }),
  }),
});

/** Both are installed; the org has the gateway account. */
export async function joinOrg(world: World, portal: PortalSeed, org: OrgSeed): Promise<void> {
  const { code } = madeShape.parse(await orgAdmin(world, org, OTHER_CRM, { step: 'make-code' }));
  await portalAdmin(world, portal, OTHER_CRM, { step: 'ask', code: code.text });
  // Settings that change nothing are answered with the page as it is now.
  const { view } = seenShape.parse(await orgAdmin(world, org, '/api/v1/settings', {}));
  for (const { requestId } of view.admin.otherCrm.requests)
    await orgAdmin(world, org, OTHER_CRM, { step: 'confirm', requestId });
}
