// What the server tells the page's script, in a JSON block inside the page.
import type { PayView } from '../../views/pay-schema.ts';
import type { ScriptWords } from './messages/messages.ts';

export type PageData = {
  state: PayView['state'];
  /** BCP 47, for dates, for the gateway's fields and for what the page asks the server. */
  locale: string;
  due: PayView['due'];
  /** #rrggbb colours the gateway's fields take over. */
  colors: { brand: string; ink: string };
  /** Address of the gateway's own script; null where nothing can be paid. */
  gatewayScript: string | null;
  hostedUrl: string | null;
  payButton: string;
  words: ScriptWords;
};
