// Begins with the files that take longest: one that began last would go on alone while the other processors wait.
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
];

const placeOf = ({ moduleId }: TestSpecification): number => {
  const place = LONG.findIndex((path) => moduleId.endsWith(`test/${path}`));
  return place === -1 ? LONG.length : place;
};

export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}
