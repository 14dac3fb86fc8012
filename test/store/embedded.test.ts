// The embedded store keeps the contract of all stores.
import { openInFolder } from './folders.ts';
import { storeContract } from './store.contract.ts';

storeContract('the embedded store', () => openInFolder());
