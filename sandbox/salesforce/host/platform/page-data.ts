// What the stand-in put into the page: whose org it is, who looks, and what is shown.
import type { PageData } from '../page/page-types.ts';

let read: PageData | undefined;

export function pageData(): PageData {
  const element = document.getElementById('page-data');
  read ??= JSON.parse(element?.textContent ?? '{}') as PageData;
  return read;
}

/** An address of the stand-in, for this org and this person. */
export function hostPath(path: string, more: Record<string, string> = {}): string {
  const { org, user } = pageData();
  return `${path}?${new URLSearchParams({ org: org.id, user: user.id, ...more })}`;
}
