// What the embedded store does when its process is killed, its disk is full or a second process comes.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../../src/store/embedded/index.ts';
import { acceptingChild, after, type Child } from './child.ts';
import { newFolder } from './folders.ts';
import { claims, event, NOW, workspace } from './samples.ts';

let folder: string;
let child: Child | undefined;

beforeEach(async () => {
  folder = await newFolder();
});
afterEach(async () => {
  await child?.kill();
  await rm(folder, { recursive: true, force: true });
});

async function keptKeys(): Promise<Set<string>> {
  const store = await openEmbeddedStore(folder);
  const events = await claims(store, NOW, 1_000_000).events();
  await store.close();
  return new Set(events.map(({ dedupeKey }) => dedupeKey));
}

describe('a killed process', () => {
  it('has kept every event it acknowledged, wherever it was killed', async () => {
    const acknowledged: string[] = [];
    for (let point = 0; point < 12; point += 1) {
      child = acceptingChild(folder);
      await child.said('kept', 1 + Math.floor(Math.random() * 400));
      await child.kill();
      acknowledged.push(...after(child.lines, 'kept'));
    }
    const kept = await keptKeys();
    expect(acknowledged.length).toBeGreaterThanOrEqual(12);
    expect(acknowledged.filter((key) => !kept.has(key))).toEqual([]);
  }, 60_000);

  it('frees the folder at once, so that the next one opens it', async () => {
    child = acceptingChild(folder);
    await child.said('kept');
    await child.kill();
    const store = await openEmbeddedStore(folder);
    expect((await store.counts()).inbox).toBeGreaterThan(0);
    await store.close();
  });
});

describe('a second process', () => {
  it('is refused with a message that names the file, and harms nothing', async () => {
    const store = await openEmbeddedStore(folder);
    await store.saveWorkspace(workspace());
    child = acceptingChild(folder);
    await child.said('refused');
    expect(after(child.lines, 'refused')).toEqual([
      `${join(folder, 'payside.db')} is in use by another process`,
    ]);
    expect(await store.accept([event()])).toEqual([true]);
    await store.close();
  });

  it('is refused while another process holds the folder', async () => {
    child = acceptingChild(folder);
    await child.said('kept');
    await expect(openEmbeddedStore(folder)).rejects.toMatchObject({
      code: 'store_unavailable',
      publicMessage: `${join(folder, 'payside.db')} is in use by another process`,
    });
    await child.said('kept', 20);
  });
});

const canLimit = existsSync('/usr/bin/prlimit');

describe('a full disk', () => {
  it.skipIf(!canLimit)(
    'gives store_unavailable, loses nothing and recovers when there is room',
    async () => {
      child = acceptingChild(folder, { fileLimitKb: 600, bodyBytes: 20_000 });
      await child.said('failed', 5);
      const keptBefore = after(child.lines, 'kept').length;
      expect(keptBefore).toBeGreaterThan(0);
      const failures = after(child.lines, 'failed').map((text) => text.split(' '));
      expect(new Set(failures.map(([code]) => code))).toEqual(new Set(['store_unavailable']));
      execFileSync('/usr/bin/prlimit', ['--pid', String(child.process.pid), '--fsize=unlimited:unlimited']);
      await child.said('kept', keptBefore + 20);
      await child.kill();
      const kept = await keptKeys();
      expect(after(child.lines, 'kept').filter((key) => !kept.has(key))).toEqual([]);
      expect(failures.filter(([, key]) => kept.has(key!))).toEqual([]);
    },
    60_000,
  );
});

describe('many events at once', () => {
  it('are kept in few commits', async () => {
    const store = await openEmbeddedStore(folder);
    await store.saveWorkspace(workspace());
    const answers = await Promise.all(Array.from({ length: 500 }, () => store.accept([event()])));
    expect(answers.flat().every(Boolean)).toBe(true);
    // One by one, 500 commits of at least four changed pages of 4 KiB each are more than 8 MB of log.
    const log = await stat(join(folder, 'payside.db-wal'));
    expect(log.size).toBeLessThan(2_000_000);
    expect(await claims(store, NOW, 1_000).events()).toHaveLength(500);
    await store.close();
  });
});
