// Lets the tabs of one browser that show the same invoice know of each other.

/** `asking`: is anyone paying? The tab that is answers `paying` again. */
export type TabNews = 'paying' | 'released' | 'settled' | 'asking';

const channel =
  'BroadcastChannel' in globalThis ? new BroadcastChannel(`payside:${location.pathname}`) : null;

export function tellTabs(news: TabNews): void {
  channel?.postMessage(news);
}

export function onTabNews(heard: (news: TabNews) => void): void {
  channel?.addEventListener('message', (event: MessageEvent<TabNews>) => heard(event.data));
}
