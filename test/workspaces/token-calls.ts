// A process of its own, furnished like a connector: told to, it makes calls to a CRM at once and says how each of them ended.
import { once } from 'node:events';
import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { asConnectorError } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { furnish } from '../../src/wiring/house.ts';

const [installation = '', calls = '1'] = process.argv.slice(2);
const house = await furnish({
  config: loadConfig(process.env),
  clock: systemClock,
  log: createLog('silent'),
  mustExist: true,
});

async function call(): Promise<string> {
  try {
    const connection = await house.connectionFor(installation);
    await house.crms.calls.users(connection);
    return 'answered';
  } catch (error) {
    return asConnectorError(error).code;
  }
}

const told = once(process, 'message');
process.send?.('ready');
await told;
process.send?.(await Promise.all(Array.from({ length: Number(calls) }, call)));
await house.store.close();
process.disconnect();
