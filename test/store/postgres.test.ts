// The PostgreSQL store keeps the contract of all stores.
import { openInDatabase } from './databases.ts';
import { storeContract } from './store.contract.ts';

storeContract('the PostgreSQL store', openInDatabase);
