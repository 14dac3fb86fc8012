// One seed for every property, so that a run says the same twice; `PROPERTY_SEED=random` looks further.
import * as fc from 'fast-check';

const SEED = 20_261_128;

const wish = process.env['PROPERTY_SEED'];

if (wish !== 'random') fc.configureGlobal({ seed: wish === undefined ? SEED : Number(wish) });
