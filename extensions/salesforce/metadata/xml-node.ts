// Reads metadata XML into plain nodes; what is not well-formed is an error with its line.
import { parseString } from 'xml2js';

export type XmlNode = {
  text: string;
  attributes: Record<string, string>;
  children: Record<string, XmlNode[]>;
};

export type XmlDocument = { type: string; root: XmlNode };

type Raw = { _?: string; $?: Record<string, string>; [child: string]: unknown };

const OPTIONS = { explicitCharkey: true, trim: true, async: false };

/** @throws Error with sax's words when the text is not XML */
export function parseXml(text: string): XmlDocument {
  const parsed: Record<string, Raw> = {};
  parseString(text, OPTIONS, (problem: Error | null, result: Record<string, Raw>) => {
    if (problem) throw new Error(problem.message.replaceAll(/\s+/g, ' '), { cause: problem });
    Object.assign(parsed, result);
  });
  const [[type, raw] = ['', undefined]] = Object.entries(parsed);
  if (!raw) throw new Error('no element');
  return { type, root: nodeOf(raw) };
}

function nodeOf({ _, $, ...rest }: Raw): XmlNode {
  const children = Object.entries(rest).map(([name, list]) => [
    name,
    (list as Raw[]).map((one) => nodeOf(one)),
  ]);
  return { text: _ ?? '', attributes: $ ?? {}, children: Object.fromEntries(children) };
}

export const childrenOf = (node: XmlNode, name: string): XmlNode[] => node.children[name] ?? [];

export const textsOf = (node: XmlNode, name: string): string[] =>
  childrenOf(node, name).map(({ text }) => text);

/** Text of the first element of a name; undefined where there is none. */
export const textOf = (node: XmlNode, name: string): string | undefined => node.children[name]?.[0]?.text;
