// Metadata as XML, laid out and escaped as Salesforce's own tools write it, so that a retrieve shows no difference.

/** Text, or elements by name; a list repeats its element, undefined leaves it out. */
export type Content = string | number | boolean | { [element: string]: Content | Content[] | undefined };

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);

function element(name: string, content: Content, depth: number): string {
  const indent = '    '.repeat(depth);
  if (typeof content !== 'object') return `${indent}<${name}>${escaped(String(content))}</${name}>\n`;
  return `${indent}<${name}>\n${elements(content, depth + 1)}${indent}</${name}>\n`;
}

const elements = (content: Record<string, Content | Content[] | undefined>, depth: number): string =>
  Object.entries(content)
    .flatMap(([name, value]) => {
      if (value === undefined) return [];
      return (Array.isArray(value) ? value : [value]).map((one) => element(name, one, depth));
    })
    .join('');

/** A whole file; elements stand in the order given. */
export const metadataXml = (type: string, content: Record<string, Content | Content[] | undefined>): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${type} xmlns="http://soap.sforce.com/2006/04/metadata">\n${elements(content, 1)}</${type}>\n`;

/** Salesforce writes elements by name, the full name first. */
export function sorted<Value>(content: Record<string, Value>): Record<string, Value> {
  const { fullName, ...rest } = content;
  const ordered = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries([
    ...(fullName === undefined ? [] : [['fullName', fullName]]),
    ...ordered,
  ]) as Record<string, Value>;
}
