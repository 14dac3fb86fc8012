// The gateway contract, held by Stripe and by a gateway that has little in common with it.
import { fakeRig } from './fake-gateway.ts';
import { gatewayContract } from './gateway.contract.ts';
import { stripeRig } from './stripe-rig.ts';

gatewayContract('Stripe', stripeRig);
gatewayContract('a gateway without invoices', fakeRig);
