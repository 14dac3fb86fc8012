// Reads the SOQL that the product uses into a tree: fields, one object, conditions, order, limit.
import { Refusal } from './refusal.ts';
import type { FieldValue } from './types.ts';

export type Condition =
  | { all: Condition[] }
  | { any: Condition[] }
  | { field: string; test: '=' | '!=' | '<' | '<=' | '>' | '>='; value: FieldValue }
  | { field: string; test: 'in' | 'not in'; values: FieldValue[] };

export type Query = {
  /** Dotted paths lead over relationships. */
  fields: string[];
  from: string;
  where: Condition | undefined;
  order: { field: string; down: boolean }[];
  limit: number | undefined;
};

const TOKEN =
  /\s+|'((?:[^'\\]|\\[^])*)'|([A-Za-z_][\w.]*)|(\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d))?)|(-?\d+(?:\.\d+)?)|(<=|>=|!=|[=<>(),])|([^])/g;

type Token = { kind: 'text' | 'word' | 'time' | 'number' | 'sign'; text: string };

const malformed = (why: string): Refusal => new Refusal(400, 'MALFORMED_QUERY', why);

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function unescaped(text: string): string {
  return text.replaceAll(/\\([^])/g, (_, mark: string) => {
    const plain = ESCAPES[mark] ?? (/['"\\_%]/.test(mark) ? mark : undefined);
    if (plain === undefined) throw malformed(`Illegal string literal: Invalid string escape \\${mark}`);
    return plain;
  });
}

function tokens(soql: string): Token[] {
  const found: Token[] = [];
  for (const [whole, text, word, time, number, sign, strange] of soql.matchAll(TOKEN)) {
    if (strange !== undefined) throw malformed(`unexpected token: ${strange}`);
    if (text !== undefined) found.push({ kind: 'text', text: unescaped(text) });
    else if (word !== undefined) found.push({ kind: 'word', text: word });
    else if (time !== undefined) found.push({ kind: 'time', text: time });
    else if (number !== undefined) found.push({ kind: 'number', text: whole });
    else if (sign !== undefined) found.push({ kind: 'sign', text: sign });
  }
  return found;
}

const KEYWORDS = new Set(['select', 'from', 'where', 'order', 'limit', 'and', 'or']);

/** Walks over the tokens; every step either finds what it asks for or refuses the query. */
class Walk {
  readonly #tokens: Token[];
  #at = 0;

  constructor(list: Token[]) {
    this.#tokens = list;
  }

  get next(): Token | undefined {
    return this.#tokens[this.#at];
  }

  take(): Token {
    const token = this.next;
    if (!token) throw malformed('unexpected token: <EOF>');
    this.#at += 1;
    return token;
  }

  /** Goes on only where the next token is this word or sign. */
  has(text: string): boolean {
    const token = this.next;
    const isIt = token !== undefined && token.kind !== 'text' && token.text.toLowerCase() === text;
    if (isIt) this.#at += 1;
    return isIt;
  }

  want(text: string): void {
    if (!this.has(text)) throw malformed(`expecting ${text}, found ${this.next?.text ?? '<EOF>'}`);
  }

  name(): string {
    const token = this.take();
    if (token.kind !== 'word' || KEYWORDS.has(token.text.toLowerCase()))
      throw malformed(`unexpected token: ${token.text}`);
    return token.text;
  }
}

export function parseSoql(soql: string): Query {
  const walk = new Walk(tokens(soql));
  walk.want('select');
  const fields = [walk.name()];
  while (walk.has(',')) fields.push(walk.name());
  walk.want('from');
  const from = walk.name();
  const where = walk.has('where') ? anyOf(walk) : undefined;
  const order = walk.has('order') ? orderOf(walk) : [];
  const limit = walk.has('limit') ? Number(walk.take().text) : undefined;
  if (limit !== undefined && !Number.isInteger(limit)) throw malformed('LIMIT needs a whole number');
  if (walk.next) throw malformed(`unexpected token: ${walk.next.text}`);
  return { fields, from, where, order, limit };
}

/** As in Salesforce, AND and OR do not stand side by side without parentheses. */
function anyOf(walk: Walk): Condition {
  const first = one(walk);
  const word = ['and', 'or'].find((joint) => walk.has(joint));
  if (!word) return first;
  const list = [first, one(walk)];
  while (walk.has(word)) list.push(one(walk));
  if (walk.has(word === 'and' ? 'or' : 'and')) throw malformed('AND and OR need parentheses between them');
  return word === 'and' ? { all: list } : { any: list };
}

function one(walk: Walk): Condition {
  if (walk.has('(')) {
    const inner = anyOf(walk);
    walk.want(')');
    return inner;
  }
  const field = walk.name();
  const isNot = walk.has('not');
  if (walk.has('in')) return { field, test: isNot ? 'not in' : 'in', values: listOf(walk) };
  const sign = walk.take().text;
  if (isNot || !['=', '!=', '<', '<=', '>', '>='].includes(sign))
    throw malformed(`unexpected token: ${sign}`);
  return { field, test: sign as '=', value: literal(walk) };
}

function listOf(walk: Walk): FieldValue[] {
  walk.want('(');
  const values = [literal(walk)];
  while (walk.has(',')) values.push(literal(walk));
  walk.want(')');
  return values;
}

const WORDS: Record<string, FieldValue> = { true: true, false: false, null: null };

function literal(walk: Walk): FieldValue {
  const token = walk.take();
  if (token.kind === 'text') return token.text;
  if (token.kind === 'number') return Number(token.text);
  if (token.kind === 'time')
    return token.text.includes('T') ? new Date(token.text).toISOString() : token.text;
  const known = token.kind === 'word' ? WORDS[token.text.toLowerCase()] : undefined;
  if (known === undefined) throw malformed(`unexpected token: ${token.text}`);
  return known;
}

function orderOf(walk: Walk): Query['order'] {
  walk.want('by');
  const order: Query['order'] = [];
  do {
    const field = walk.name();
    const down = walk.has('desc');
    if (!down) walk.has('asc');
    if (walk.has('nulls') && !walk.has('last')) walk.want('first');
    order.push({ field, down });
  } while (walk.has(','));
  return order;
}
