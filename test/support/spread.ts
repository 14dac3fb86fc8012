// Spreads the files that take longest: they mostly wait, and leave their processor to others beside them; none begins last.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** By how long they take on two cores; a small file may take long. */
const LONG: readonly string[] = [
  'e2e/demo.test.ts',
  'e2e/live.test.ts',
  'integration/restore.test.ts',
  'integration/kept-edits.test.ts',
  'integration/settings-pages.test.ts',
  'integration/salesforce-forgetting.test.ts',
  'e2e/payment.test.ts',
  'pay/page.browser.test.ts',
  'http/slow-senders.test.ts',
  'integration/reconcile.test.ts',
  'store/embedded.test.ts',
  'workspaces/erase-killed.test.ts',
  'integration/erasing.test.ts',
  'integration/patience.test.ts',
  'integration/renewal.test.ts',
  'integration/salesforce-polls.test.ts',
  'integration/operator.test.ts',
  'outbox/mirror.test.ts',
  'integration/doctor.test.ts',
  'integration/postgres.test.ts',
  'e2e/doubt.test.ts',
  'integration/erase-workspace.test.ts',
];

/** Two of them at the beginning, and another one after so many others. */
const EVERY = 7;

const placeOf = ({ moduleId }: TestSpecification): number =>
  LONG.findIndex((path) => moduleId.endsWith(`test/${path}`));

export class Spread extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const others = (await super.sort(files)).filter((file) => placeOf(file) === -1);
    const long = files.filter((file) => placeOf(file) !== -1).sort((a, b) => placeOf(a) - placeOf(b));
    const order = long.splice(0, 2);
    while (others.length > 0) order.push(...others.splice(0, EVERY), ...long.splice(0, 1));
    return [...order, ...long];
  }
}
