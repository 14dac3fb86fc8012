// What is believed of HubSpot without proof, by the names of docs/assumptions.md.
import type { Assumption } from '../assumptions.ts';

export const HUBSPOT: readonly Assumption[] = [
  {
    name: 'hubspot-dated-paths',
    assumes:
      "HubSpot's dated paths (`2026-03`) take and give the same shapes as the v3 and v4 paths its SDK was made for",
    seen: 'each call once against a developer portal; before the v3 paths end',
  },
  {
    name: 'hubspot-signature-characters',
    assumes: 'Signature v3 decodes exactly the twelve documented characters before signing',
    seen: 'open a card as users with `+`, `@` and spaces in their names; before the first customer',
  },
  {
    name: 'hubspot-card-import',
    assumes: "HubSpot builds a card that imports `@payside/hubspot-ui` from beside the project's `src`",
    seen: '`hs project upload` to a developer portal',
  },
  {
    name: 'hubspot-call-identity',
    assumes: "A card's call carries `portalId` and `userId` once each, inside the signed address",
    seen: 'one card on a developer portal',
  },
  {
    name: 'hubspot-call-again',
    assumes: "HubSpot sends a card's call once more after a 5xx, and passes other answers through",
    seen: 'a door that answers 500 once',
  },
  {
    name: 'hubspot-uninstall-untold',
    assumes:
      'HubSpot tells of no uninstall: none of its documented webhook types does, and its journal of app events asks for scopes we do not want',
    seen: 'uninstall from a developer portal and watch the calls',
  },
  {
    name: 'hubspot-uninstall-tokens',
    assumes: 'After an uninstall calls with the old access token answer 401, and its refresh `invalid_grant`',
    seen: 'uninstall from a developer portal and watch how calls and refreshes are answered',
  },
  {
    name: 'hubspot-revoke-family',
    assumes:
      "Revoking one refresh token may end the other tokens of the same portal, so a working installation's are never revoked",
    seen: 'revoke one of two refresh tokens and use the other',
  },
  {
    name: 'hubspot-contacts-address',
    assumes: '`/contacts/<portal>/objects/0-1` leads to the list of contacts',
    seen: 'one click on a developer portal',
  },
  {
    name: 'hubspot-owner-ids',
    assumes: "The user ids of HubSpot's owners are those that signed calls carry",
    seen: 'one card opened by a user who got a role',
    check: 'people',
  },
  {
    name: 'hubspot-settings-page',
    assumes:
      "An app's settings page runs like its cards: same worker, same signed fetch, `variables` in its context",
    seen: '`hs project upload` to a developer portal',
  },
  {
    name: 'hubspot-call-limit',
    assumes: 'HubSpot allows 110 calls in ten seconds for one installation of a listed app',
    seen: 'the rate headers of real answers',
  },
  {
    name: 'hubspot-additional-emails',
    assumes: 'Reading contacts by e-mail in a batch also finds additional addresses',
    seen: 'a contact with two addresses',
  },
  {
    name: 'hubspot-line-currency',
    assumes: 'A line item without a currency is in its deal’s, and a deal without one is in the portal’s',
    seen: 'a portal with two currencies, a deal in the second, and its line items read back',
  },
  {
    name: 'hubspot-merged-record',
    assumes: 'A merged record answers a read under its old id with its new one',
    seen: 'merge two contacts and write to both',
  },
  {
    name: 'hubspot-archived-record',
    assumes: 'Archived records are told apart from refused ones by `OBJECT_NOT_FOUND` and `ids`',
    seen: 'delete a contact and write to it',
  },
  {
    name: 'hubspot-validation-rules',
    assumes: 'Admin validation rules are enforced on writes only from `2026-09` on',
    seen: 'a required property on a developer portal',
  },
  {
    name: 'hubspot-refresh-rotation',
    assumes: 'HubSpot may or may not rotate refresh tokens; we keep whichever comes',
    seen: 'two refreshes in a row',
  },
  {
    name: 'hubspot-privacy-notice',
    assumes:
      "HubSpot tells of a contact that is deleted for privacy by the app's webhook `contact.privacyDeletion`, signed as card calls are, with the contact's id and no more; every try of one call has the same event ids",
    seen: 'delete a contact of a developer portal for good, and look at what comes',
  },
];
