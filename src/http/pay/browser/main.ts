// Starts the page: decides by the server's state whether there is something to pay, to wait for, or to read.
import { openCheckout } from './checkout.ts';
import { data } from './page-parts.ts';
import { showReceiptExtras } from './receipt.ts';
import { takeReturn } from './returned.ts';
import { watchProcessing } from './settle.ts';

const returned = takeReturn();
if (data.state === 'ready') openCheckout(returned);
if (data.state === 'processing') watchProcessing();
showReceiptExtras();
