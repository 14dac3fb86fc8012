// What an install sees of an org: whether the package is there, whose it is, and what an admin has to do first.
import { afterEach, describe, expect, it } from 'vitest';
import type { OrgSeed } from '../../../sandbox/salesforce/start.ts';
import { ORG, startSalesforceRig, USER, type SalesforceRig } from './rig.ts';

let rig: SalesforceRig;
const start = async (org: Partial<OrgSeed> = {}): Promise<void> => {
  rig = await startSalesforceRig({ org });
};
afterEach(() => rig.close());

const problem = (): Promise<{ code: string; publicMessage: string }> =>
  rig.crm.provision(rig.connection).then(
    () => ({ code: 'none', publicMessage: '' }),
    (error: unknown) => error as { code: string; publicMessage: string },
  );

describe('a grant', () => {
  it('names org, user, scopes and where the org is, and the next refresh token', async () => {
    await start();
    expect(rig.grant).toMatchObject({
      portalId: ORG,
      userId: USER,
      scopes: ['api', 'refresh_token'],
      tokens: { apiBase: rig.salesforce.url },
    });
    const { refresh } = rig.grant.tokens;
    const next = await rig.crm.refresh(refresh, rig.salesforce.url);
    expect(next.refresh).not.toBe(refresh);
  });
});

describe('an org', () => {
  it.each([
    [{ sandbox: true }, true],
    [{ sandbox: false }, false],
  ])('of %j is a place for test money: %s', async (change, testPortal) => {
    await start(change);
    expect(await rig.crm.details(rig.connection)).toEqual({
      name: 'Alder & Co',
      currency: 'EUR',
      timeZone: 'Europe/Berlin',
      testPortal,
    });
  });

  it('shows who works there, and whom a record is shown to', async () => {
    await start({
      users: [
        { id: USER, email: 'uma@alder.test', firstName: 'Uma', lastName: 'Vale' },
        {
          id: `${USER.slice(0, 14)}x`.padEnd(18, 'A'),
          email: 'x@alder.test',
          firstName: 'Ex',
          lastName: 'Vale',
          active: false,
        },
      ],
    });
    expect(await rig.crm.users(rig.connection)).toEqual([
      { id: USER, name: 'Uma Vale', email: 'uma@alder.test' },
    ]);
    const record = {
      installationId: 'inst',
      objectType: 'Contact',
      recordId: rig.org.create('Contact', { LastName: 'Roth' }),
    };
    expect(await rig.crm.mayAct!(rig.connection, USER, record)).toBe(true);
    rig.org.share(USER, record.recordId, false);
    expect(await rig.crm.mayAct!(rig.connection, USER, record)).toBe(false);
    rig.org.share(USER, record.recordId, true);
    rig.org.remove('Contact', record.recordId);
    expect(await rig.crm.mayAct!(rig.connection, USER, record)).toBe(false);
    expect(await rig.crm.mayAct!(rig.connection, 'nobody', record)).toBe(false);
  });
});

describe('provision', () => {
  it('finds everything where the package and its permission set are', async () => {
    await start();
    expect(await rig.crm.provision(rig.connection)).toEqual({
      created: 0,
      capabilities: { mirrorInvoices: true, commercePayments: true },
    });
  });

  it('says what to do where the package is missing', async () => {
    await start({ packageInstalled: false });
    expect(await problem()).toMatchObject({
      code: 'crm_not_ready',
      publicMessage: expect.stringMatching(/Install the package/),
    });
  });

  it('names the fields that the user who connects may not write', async () => {
    await start({ hiddenFields: ['Contact.Payside_Owed__c', 'Payside_Invoice__c.Status__c'] });
    const { code, publicMessage } = await problem();
    expect(code).toBe('crm_not_ready');
    expect(publicMessage).toContain('Contact.Payside_Owed__c, Payside_Invoice__c.Status__c.');
    expect(publicMessage).toContain('Payside Integration');
  });

  it('looks at an org anew, so that what was mended counts', async () => {
    await start({ packageInstalled: false });
    await problem();
    expect(await problem()).toMatchObject({ code: 'crm_not_ready' });
    const asked = rig.salesforce.calls.filter(({ path }) => path.includes('EntityDefinition'));
    expect(asked).toHaveLength(2);
  });
});

describe('the token of cards’ calls', () => {
  it('is made where there is none, replaced where there is one, and told to nobody', async () => {
    await start();
    await rig.crm.keepToken!(rig.connection, 'the first');
    await rig.crm.keepToken!(rig.connection, 'the second');
    const methods = rig.salesforce.calls
      .filter(({ path }) => path.includes('credential'))
      .map(({ method, status }) => `${method} ${status}`);
    expect(methods).toEqual(['PUT 400', 'POST 201', 'PUT 200']);
    const answers = rig.salesforce.calls.map(({ response }) => response).join('');
    expect(answers).not.toMatch(/the first|the second/);
  });
});
