// HubSpot's tabs: a tab list and the panel of the chosen tab.
import {
  createContext,
  useContext,
  useEffect,
  useId,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from 'react';

type TabFacts = { key: string; title: string; id: string | number; disabled: boolean };
type Book = {
  chosen: string | number | undefined;
  base: string;
  enter: (tab: TabFacts) => () => void;
};

const TabBook = createContext<Book | undefined>(undefined);

type TabsProps = {
  children?: ReactNode;
  selected?: string | number;
  defaultSelected?: string | number;
  testId?: string;
  onSelectedChange?: (id: string | number) => void;
};

/** Tabs enter themselves, because the remote tree draws them one by one. */
export function Tabs({ children, selected, defaultSelected, testId, onSelectedChange }: TabsProps) {
  const [tabs, setTabs] = useState<readonly TabFacts[]>([]);
  const [own, setOwn] = useState(defaultSelected);
  const base = useId();
  const chosen = selected ?? own ?? tabs[0]?.id;
  const enter = (tab: TabFacts) => {
    setTabs((known) => [...known.filter(({ key }) => key !== tab.key), tab]);
    return () => setTabs((known) => known.filter(({ key }) => key !== tab.key));
  };
  const choose = (id: string | number) => {
    setOwn(id);
    onSelectedChange?.(id);
  };
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const open = tabs.filter((tab) => !tab.disabled);
    const at = open.findIndex((tab) => tab.id === chosen);
    const next = open[(at + step + open.length) % open.length];
    if (!next) return;
    choose(next.id);
    document.getElementById(`${base}-tab-${next.id}`)?.focus();
  };
  return (
    <div className="tabs" data-testid={testId}>
      <div role="tablist" onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.key}
            type="button"
            role="tab"
            id={`${base}-tab-${tab.id}`}
            aria-selected={tab.id === chosen}
            aria-controls={`${base}-panel-${tab.id}`}
            tabIndex={tab.id === chosen ? 0 : -1}
            disabled={tab.disabled}
            onClick={() => choose(tab.id)}
          >
            {tab.title}
          </button>
        ))}
      </div>
      <TabBook.Provider value={{ chosen, base, enter }}>{children}</TabBook.Provider>
    </div>
  );
}

type TabProps = { tabId?: string | number; title?: string; disabled?: boolean; children?: ReactNode };

export function Tab({ tabId, title = '', disabled = false, children }: TabProps) {
  const book = useContext(TabBook);
  const key = useId();
  const id = tabId ?? key;
  useEffect(() => book?.enter({ key, title, id, disabled }), [key, title, id, disabled]);
  const isChosen = book?.chosen === id;
  return (
    <div
      role="tabpanel"
      id={`${book?.base}-panel-${id}`}
      aria-labelledby={`${book?.base}-tab-${id}`}
      hidden={!isChosen}
      tabIndex={0}
    >
      {isChosen && children}
    </div>
  );
}
