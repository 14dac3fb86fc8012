// What is asked of an org: text that people typed stays text, ids that are none never leave, products come as an invoice can have them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSalesforceRig, type SalesforceRig } from './rig.ts';

let rig: SalesforceRig;
beforeAll(async () => void (rig = await startSalesforceRig()));
afterAll(() => rig.close());

const calls = (): number => rig.salesforce.calls.length;

describe('an address', () => {
  it.each([
    String.raw`x' OR Email LIKE '%`,
    String.raw`\' OR LastName != '`,
    String.raw`a\\' OR Id != null OR Email = 'b`,
    `"quoted"@acorn.test`,
    `ü@acorn.test`,
  ])('%s finds nobody but its owner', async (email) => {
    rig.org.create('Contact', { LastName: 'Bystander', Email: 'bystander@acorn.test' });
    expect(await rig.crm.findByEmail(rig.connection, [email])).toEqual([]);
  });

  it('with a quote finds its owner', async () => {
    const id = rig.org.create('Contact', { LastName: 'Hara', Email: `o'hara@acorn.test` });
    const found = await rig.crm.findByEmail(rig.connection, [`o'hara@acorn.test`]);
    expect(found.map(({ record }) => record.recordId)).toEqual([id]);
  });

  it('with a control character is not asked for', async () => {
    const before = calls();
    expect(await rig.crm.findByEmail(rig.connection, ['a\n@acorn.test', 'b\u0000@acorn.test'])).toEqual([]);
    expect(calls()).toBe(before);
  });

  it('of two people finds both, and hundreds are asked for in a few calls', async () => {
    for (const LastName of ['One', 'Two']) rig.org.create('Contact', { LastName, Email: 'both@acorn.test' });
    const many = Array.from({ length: 250 }, (_, nth) => `person-${nth}@acorn.test`);
    const before = calls();
    expect(await rig.crm.findByEmail(rig.connection, [...many, 'Both@acorn.test'])).toHaveLength(2);
    expect(calls()).toBe(before + 3);
  });
});

describe('an id', () => {
  it.each([`003x/../../sobjects/User/005`, `x' OR Name LIKE '%`, '003', '', '003000000000000AAB'])(
    '%j never leaves',
    async (recordId) => {
      const before = calls();
      const record = { installationId: 'inst', objectType: 'Contact', recordId };
      await expect(rig.crm.read(rig.connection, 'Contact', [recordId])).rejects.toMatchObject({
        code: 'crm_rejected',
      });
      await expect(rig.crm.payersOf(rig.connection, record)).rejects.toMatchObject({ retry: 'never' });
      expect(calls()).toBe(before);
    },
  );

  it('of a type that we do not serve is read as nothing', async () => {
    expect(await rig.crm.read(rig.connection, 'User', [rig.grant.userId])).toEqual([]);
  });
});

describe('the people', () => {
  const withRoles = (...roles: { LastName: string; IsPrimary: boolean }[]) => {
    const [OpportunityId, AccountId] = [rig.portal.deal('Gate'), rig.portal.company('Mill')];
    for (const { LastName, IsPrimary } of roles) {
      const ContactId = rig.org.create('Contact', { LastName, AccountId });
      rig.org.create('OpportunityContactRole', { OpportunityId, ContactId, IsPrimary });
    }
    return {
      deal: { installationId: 'inst', objectType: 'Opportunity', recordId: OpportunityId },
      AccountId,
    };
  };

  it('of an opportunity are its primary contact alone, who names their account', async () => {
    const { deal, AccountId } = withRoles(
      { LastName: 'Other', IsPrimary: false },
      { LastName: 'Primary', IsPrimary: true },
    );
    const people = await rig.crm.payersOf(rig.connection, deal);
    expect(people).toMatchObject([{ name: 'Primary', primaryCompanyId: AccountId }]);
    const account = { ...deal, objectType: 'Account', recordId: AccountId };
    const ofAccount = await rig.crm.payersOf(rig.connection, account);
    expect(ofAccount.map(({ name }) => name)).toEqual(['Other', 'Primary']);
  });

  it('of an opportunity without a primary contact are all it has', async () => {
    const { deal } = withRoles({ LastName: 'One', IsPrimary: false }, { LastName: 'Two', IsPrimary: false });
    const people = await rig.crm.payersOf(rig.connection, deal);
    expect(people.map(({ name }) => name)).toEqual(['One', 'Two']);
  });
});

describe('a product', () => {
  const lines = async (
    line: { Quantity: number; UnitPrice: number; Discount?: number },
    name = 'Oak step',
  ) => {
    const OpportunityId = rig.portal.deal('Stairs');
    const Product2Id = rig.org.create('Product2', { Name: name });
    rig.org.create('OpportunityLineItem', { OpportunityId, Product2Id, ...line });
    return rig.crm.dealLines(rig.connection, OpportunityId, 'EUR');
  };
  const unit = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });

  it.each([
    [{ Quantity: 12, UnitPrice: 80.5 }, [{ description: 'Oak step', quantity: 12, unit: unit(8_050) }]],
    [{ Quantity: 2.5, UnitPrice: 10 }, [{ description: 'Oak step (2.5)', quantity: 1, unit: unit(2_500) }]],
    [
      { Quantity: 3, UnitPrice: 100, Discount: 10 },
      [{ description: 'Oak step (3)', quantity: 1, unit: unit(27_000) }],
    ],
    [{ Quantity: 1, UnitPrice: 0 }, []],
  ])('%j becomes %j', async (line, wanted) => {
    expect(await lines(line)).toEqual(wanted);
  });
});
