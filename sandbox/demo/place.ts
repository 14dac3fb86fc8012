// A folder of its own for each run of a demo, so that two at once do not empty each other's.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export function placeIn(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return mkdtempSync(join(folder, 'demo-'));
}

/** Of a demo that ended as it should nothing is kept; one that did not leaves its log and pictures. */
export const leavePlace = (place: string): void => rmSync(place, { recursive: true, force: true });
