// A backup as a file: a line that says what it is, a line for each thing kept, a line that says how much that was.
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { link, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { requestInvalid, type ConnectorError } from '../errors.ts';
import { columnsOf, KEPT_KINDS, type Kept, type KeptColumn, type KeptPages } from '../store/store.ts';

/** Raised with every change of what is kept. */
const VERSION = 2;

const headShape = z.strictObject({ payside: z.literal('backup'), version: z.int(), createdAt: z.string() });
const endShape = z.strictObject({ end: z.literal(true), rows: z.int(), sha256: z.string() });
type Head = z.infer<typeof headShape>;

const valueShape = (column: KeptColumn) => {
  const type = column.replace('?', '');
  const shape = type === 'number' ? z.number() : type === 'flag' ? z.boolean() : z.string();
  return column.endsWith('?') ? shape.nullable() : shape;
};

const SHAPES = new Map(
  KEPT_KINDS.map((kind) => [
    kind,
    z.strictObject(Object.fromEntries(columnsOf(kind).map(([name, column]) => [name, valueShape(column)]))),
  ]),
);
const keptShape = z.strictObject({ of: z.enum(KEPT_KINDS), is: z.record(z.string(), z.unknown()) });

const refusal = (publicMessage: string, cause?: unknown): ConnectorError =>
  requestInvalid({ publicMessage, cause });

/**
 * Writes beside the name and gives it the name once it is whole and on disk; nothing is ever overwritten.
 * @returns how many things were kept
 */
export async function writeBackup(file: string, pages: KeptPages, at: Date): Promise<number> {
  if (existsSync(file)) throw refusal(`${file} is there already. A backup overwrites nothing.`);
  const part = `${file}.part`;
  const handle = await open(part, 'wx', 0o600).catch((cause: unknown) => {
    throw refusal(`${part} cannot be written.`, cause);
  });
  try {
    const hash = createHash('sha256');
    const say = async (text: string): Promise<void> => {
      hash.update(text);
      await handle.write(text);
    };
    await say(lineOf({ payside: 'backup', version: VERSION, createdAt: at.toISOString() } satisfies Head));
    let rows = 0;
    for await (const page of pages) {
      await say(page.map(lineOf).join(''));
      rows += page.length;
    }
    await handle.write(lineOf({ end: true, rows, sha256: hash.digest('hex') }));
    await handle.sync();
    await link(part, file);
    await syncFolder(dirname(file));
    return rows;
  } finally {
    await handle.close();
    await rm(part, { force: true });
  }
}

const lineOf = (value: unknown): string => `${JSON.stringify(value)}\n`;

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

export type Checked = { createdAt: string; rows: number; documents: Kept[] };

/** Reads it to its end before anything is done with it. @throws request_invalid where it is damaged, cut, or another version */
export async function checkBackup(file: string): Promise<Checked> {
  const checked: Checked = { createdAt: '', rows: 0, documents: [] };
  const hash = createHash('sha256');
  let isWhole = false;
  for await (const line of linesOf(file)) {
    if (isWhole) throw damaged(file);
    if (checked.createdAt === '') checked.createdAt = headOf(file, line).createdAt;
    else if (line.startsWith('{"end":')) isWhole = isEnd(line, checked.rows, hash);
    else {
      const kept = keptOf(file, line);
      if (kept.of === 'document') checked.documents.push(kept);
      checked.rows += 1;
    }
    if (!isWhole) hash.update(`${line}\n`);
  }
  if (!isWhole) throw damaged(file);
  return checked;
}

function isEnd(line: string, rows: number, hash: Hash): boolean {
  const end = endShape.safeParse(parsed(line)).data;
  return end?.rows === rows && end.sha256 === hash.copy().digest('hex');
}

const damaged = (file: string): ConnectorError =>
  refusal(`${file} is damaged or was cut off. Nothing of it was used: take another backup.`);

function headOf(file: string, line: string): Head {
  const head = headShape.safeParse(parsed(line)).data;
  if (!head) throw refusal(`${file} is no backup of Payside.`);
  if (head.version !== VERSION)
    throw refusal(
      `${file} is a backup of version ${head.version}, this Payside reads version ${VERSION}. Restore it with the version that made it.`,
    );
  return head;
}

function keptOf(file: string, line: string): Kept {
  const kept = keptShape.safeParse(parsed(line)).data;
  const is = kept && SHAPES.get(kept.of)?.safeParse(kept.is).data;
  if (!kept || !is) throw damaged(file);
  return { of: kept.of, is };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const PAGE = 500;

/** What is in a backup that was checked, in pages of one kind. */
export async function* readBackup(file: string): KeptPages {
  let page: Kept[] = [];
  let isHead = true;
  for await (const line of linesOf(file)) {
    if (isHead || line.startsWith('{"end":')) {
      isHead = false;
      continue;
    }
    const kept = keptOf(file, line);
    if (page.length === PAGE || (page[0] && page[0].of !== kept.of)) {
      yield page;
      page = [];
    }
    page.push(kept);
  }
  if (page.length > 0) yield page;
}

/** Lines that were ended; JSON may hold every other kind of line break. */
async function* linesOf(file: string): AsyncGenerator<string> {
  const stream = createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 });
  let rest = '';
  try {
    for await (const chunk of stream) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (cause) {
    throw refusal(`${file} cannot be read.`, cause);
  }
  if (rest !== '') throw damaged(file);
}
