// Links of components name a page of Lightning; here they also need the org and the person.
import { pageData } from '../platform/page-data.ts';

export function keepAddresses(): void {
  document.addEventListener('click', (event) => {
    const link = event
      .composedPath()
      .find((part): part is HTMLAnchorElement => part instanceof HTMLAnchorElement);
    const path = link?.getAttribute('href') ?? '';
    if (!link || !path.startsWith('/lightning/')) return;
    const { org, user } = pageData();
    link.href = `${path.split('?')[0]}?${new URLSearchParams({ org: org.id, user: user.id })}`;
  });
}
