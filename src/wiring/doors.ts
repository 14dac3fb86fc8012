// The doors of the house: which routes there are, and the functions they are handed.
import fields from '../../manifests/crm-fields.json' with { type: 'json' };
import type { House } from './house.ts';
import type { Background } from './background.ts';
import { noticesOf } from './changes.ts';
import { createLedgerOfInvoice, createLedgerOfRecord, createReadRecord } from './record-ledger.ts';
import { createCardAnswers } from '../http/card-answers.ts';
import { createCardReader } from '../http/card-reader.ts';
import { recordKey } from '../ledger/facts.ts';
import { payerChoice } from '../ledger/record-ledger.ts';
import { allowedKinds } from '../billing/permissions.ts';
import { createOpenPaySession } from '../billing/pay-session.ts';
import { createPayPage } from '../http/pay-page.ts';
import { createOperate, findOutcome, resumeOperations } from '../billing/operate.ts';
import type { BillingDeps } from '../billing/operation.ts';
import { cardRoutes } from '../http/card-routes.ts';
import { actorBehind } from './actor.ts';
import { financeDoor } from './finance-door.ts';
import { hostedLinks, settingsDoors } from './settings-doors.ts';
import type { NextPlace } from '../http/connect-pages.ts';
import { connectRoutes } from '../http/connect-routes.ts';
import { createExpressApp } from '../http/express-app.ts';
import { healthRoutes } from '../http/health-routes.ts';
import { installRoutes } from '../http/install-routes.ts';
import { createDoorLimit } from '../http/door-limit.ts';
import type { GatewayOrigins } from '../http/pay/headers.ts';
import { payRouter } from '../http/pay/router.ts';
import { createWebhookDoor } from '../http/webhook-door.ts';
import { createAccept, type Door, type Sender } from '../inbox/accept.ts';
import type { EventEnvelope } from '../gateways/gateway.ts';
import { releasedWork } from '../reconcile/match.ts';
import { connectAccount, webhookSecrets, type Admin } from '../workspaces/accounts.ts';
import { crmOfUser, roleOf, writesBack } from '../workspaces/directory.ts';
import { beginConsent, finishConsent } from '../workspaces/consent.ts';
import { beginInstall, finishInstall } from '../workspaces/install.ts';
import type { GatewayAccount } from '../workspaces/workspace.ts';

export function webhookDoor(house: House, background: Background) {
  const { store, clock, gateway, log } = house;
  const accept = createAccept({
    store,
    clock,
    wake: background.arrived,
    verify: gateway.verify,
    envelope: gateway.envelope,
    doorOf: (id) => (id === null ? appDoor(house) : accountDoor(house, id)),
  });
  return createWebhookDoor({ accept, noticesOf: noticesOf(house, background.wake), log });
}

const senderOf = ({ id, workspaceId, livemode }: GatewayAccount): Sender => ({
  workspaceId,
  account: id,
  livemode,
});

/** Opening what is sealed costs twice the check of a signature; an account that is saved again is another object. */
const opened = new WeakMap<GatewayAccount, string[]>();

/** The address registered with one account. */
async function accountDoor({ directory, secrets }: House, id: string): Promise<Door | null> {
  const account = await directory.account(id);
  if (!account?.webhook) return null;
  const known = opened.get(account) ?? webhookSecrets(secrets, account);
  opened.set(account, known);
  return { secrets: known, sendersOf: async () => [senderOf(account)] };
}

/** The address of our app, which hears of every account whose owner gave their consent. */
async function appDoor({ store, config }: House): Promise<Door | null> {
  const { STRIPE_WEBHOOK_SECRET: secrets } = config;
  if (!secrets) return null;
  const isMeant = (account: GatewayAccount, envelope: EventEnvelope): boolean =>
    account.webhook === null &&
    account.externalId === envelope.externalId &&
    account.livemode === envelope.livemode;
  return {
    secrets,
    sendersOf: async (envelope) =>
      envelope ? (await store.accounts()).filter((account) => isMeant(account, envelope)).map(senderOf) : [],
  };
}

export function billingDeps(house: House, background: Pick<Background, 'post'>): BillingDeps {
  const { store, clock, log, gateway, crms, directory, config } = house;
  return {
    store,
    clock,
    log,
    gateway,
    crm: crms.calls,
    async mayAct({ installation, userId }, record) {
      const { mayAct } = crms.of(installation.crm);
      return !mayAct || mayAct(await house.connectionFor(installation.id), userId, record);
    },
    post: background.post,
    accountConnection: house.accountConnection,
    crmConnection: house.connectionFor,
    currentAccount: directory.currentAccount,
    workspace: directory.workspace,
    installation: directory.installation,
    ledgerOf: createLedgerOfRecord(house),
    payUrl: house.payUrl,
    releasedWork,
    retryBaseMs: config.RETRY_BASE_MS,
  };
}

export const resumeWith = (house: House, post: Background['post']) => (): Promise<number> =>
  resumeOperations(billingDeps(house, { post }));

export function expressApp(house: House, background: Background) {
  const { config, log, store } = house;
  return createExpressApp({
    log,
    trustProxy: config.TRUST_PROXY,
    // What is asked most stands first; those who come after the cards' doors are told by them who calls.
    routers: [
      cardDoors(house, background),
      ...settingsDoors(house, background),
      financeDoor(house),
      healthRoutes(() => store.ready()),
      ...adminDoors(house, background),
      payDoors(house, background),
    ],
  });
}

/** Installs a minute from one address. */
const INSTALL_TRIES = 60;

function adminDoors(house: House, background: Background) {
  const { store, clock, log, secrets, directory, gateway, links, config } = house;
  const publicBaseUrl = config.PUBLIC_BASE_URL;
  const accounts = { store, clock, secrets, directory, gateway, publicBaseUrl, wake: background.wake };
  const consent = gateway.oauth && { ...accounts, log, oauth: gateway.oauth };
  const secure = publicBaseUrl.startsWith('https:');
  return [
    ...house.crms.all.map((crm) => {
      const install = { store, clock, log, secrets, directory, crm, schemaVersion: fields.schemaVersion };
      return installRoutes({
        crm,
        links,
        secure,
        limit: createDoorLimit(INSTALL_TRIES),
        begin: () => beginInstall(install),
        finish: (returned) => finishInstall(install, returned),
      });
    }),
    connectRoutes({
      links,
      secure,
      isAdmin: async (workspaceId, userId) => {
        const workspace = await directory.workspace(workspaceId);
        const crm = crmOfUser(workspace, userId);
        return crm !== null && roleOf(workspace, crm, userId) === 'admin';
      },
      accountOf: (workspaceId) => directory.currentAccount(workspaceId),
      nextPlace: (admin) => nextPlace(house, admin),
      joinable: (workspaceId) => joinable(house, workspaceId),
      connect: (admin, keys) => connectAccount(accounts, admin, keys),
      crmNames: async (workspaceId) =>
        (await directory.installationsOf(workspaceId)).map(({ name, portalId }) =>
          name.includes(portalId) ? name : `${name} (${portalId})`,
        ),
      consent: consent && {
        begin: (admin) => beginConsent(consent, admin),
        finish: (returned) => finishConsent(consent, returned),
      },
    }),
  ];
}

/** Where an admin goes on after connecting: in the CRM they came from. */
async function nextPlace(
  { directory, crms }: House,
  { workspaceId, userId }: Admin,
): Promise<NextPlace | null> {
  const crm = crmOfUser(await directory.workspace(workspaceId), userId);
  const installation = (await directory.installationsOf(workspaceId)).find((one) => one.crm === crm);
  if (!installation) return null;
  const { label, contactsUrl } = crms.of(installation.crm);
  return { crm: installation.crm, label, url: contactsUrl(installation) };
}

/** CRMs whose workspace this one could still join, as it has neither a gateway nor a second CRM. */
async function joinable({ directory, crms }: House, workspaceId: string): Promise<string[]> {
  const [first, ...more] = await directory.installationsOf(workspaceId);
  if (!first || more.length > 0 || (await directory.accountsOf(workspaceId)).length > 0) return [];
  return crms.all.filter(({ name }) => name !== first.crm).map(({ label }) => label);
}

/** Tries a minute for one address, and for one link. */
const PAY_TRIES = 120;

function payDoors(house: House, background: Background) {
  const { store, clock, gateway, directory, payLinks, presence, accountConnection, config } = house;
  const page = createPayPage({
    clock,
    presence,
    links: payLinks,
    canSaveMethods: gateway.capabilities.savedMethod,
    account: directory.account,
    workspace: directory.workspace,
    ledgerOfInvoice: createLedgerOfInvoice(store),
    openSession: createOpenPaySession({ store, clock, gateway, post: background.post, accountConnection }),
  });
  return payRouter({
    ...page,
    hosted: hostedLinks(house, page.load),
    gateway: gatewayOrigins(config.STRIPE_JS_BASE),
    limit: createDoorLimit(PAY_TRIES),
    trustProxyIp: (req) => req.ip ?? '',
  });
}

/** As Stripe publishes them for its script, which starts frames and loads parts of itself from its subdomains. */
function gatewayOrigins(script: string): GatewayOrigins {
  if (script !== 'https://js.stripe.com') return { script, scripts: [], frames: [script], connect: [script] };
  const more = 'https://*.js.stripe.com';
  const frames = [script, more, 'https://hooks.stripe.com'];
  return { script, scripts: [more], frames, connect: ['https://api.stripe.com'] };
}

function cardDoors(house: House, background: Background) {
  const { crms, clock, store, directory, presence, payUrl } = house;
  const read = createCardReader({
    store,
    clock,
    presence,
    payUrl,
    allowedKinds,
    writesBack,
    currentAccount: directory.currentAccount,
    readRecord: createReadRecord(house),
    keyOf: recordKey,
    payerChoice,
  });
  const { accountsOf } = directory;
  return cardRoutes({
    answer: createCardAnswers({ read, store, clock, presence, accountsOf, keyOf: recordKey }),
    view: async (actor, record) => (await read(actor, record, 0)).view,
    objectType: (crm, name) => crms.of(crm).objectType(name),
    isRecordId: (crm, text) => crms.of(crm).isRecordId(text),
    actorOf: (call) => actorBehind(house, call),
    operate: createOperate(billingDeps(house, background)),
    findOutcome: (workspaceId, id) => findOutcome(store, workspaceId, id),
  });
}
