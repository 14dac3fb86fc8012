// A process of its own that accepts events into a folder or a database and prints the key of each one that was acknowledged.
import { randomUUID } from 'node:crypto';
import { ConnectorError } from '../../src/errors.ts';
import { openEmbeddedStore } from '../../src/store/embedded/index.ts';
import { openStore } from './databases.ts';
import { event } from './samples.ts';

const [place = '', bodyBytes = '200', parallel = '4'] = process.argv.slice(2);
/** Waits for a reader that is slow; writing past it would end this process. */
const say = (line: string): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(`${line}\n`, () => resolve());
  });

const open = place.startsWith('postgres:') ? openStore : openEmbeddedStore;
const store = await open(place, {}).catch(async (error: unknown) => {
  await say(`refused ${error instanceof ConnectorError ? error.publicMessage : String(error)}`);
  process.exit(3);
});
await say('open');

async function acceptForever(): Promise<never> {
  for (;;) {
    const sent = event({ dedupeKey: randomUUID(), raw: new Uint8Array(Number(bodyBytes)) });
    try {
      await store.accept([sent]);
      await say(`kept ${sent.dedupeKey}`);
    } catch (error) {
      await say(`failed ${error instanceof ConnectorError ? error.code : String(error)} ${sent.dedupeKey}`);
    }
  }
}

await Promise.all(Array.from({ length: Number(parallel) }, acceptForever));
