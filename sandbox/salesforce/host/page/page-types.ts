// What the stand-in tells the page; the same shape on both sides.

export type FieldView = { name: string; label: string; shown: string; href: string | null };

export type RelatedView = { title: string; items: { id: string; name: string; href: string }[] };

export type RecordView = {
  type: string;
  id: string;
  name: string;
  about: FieldView[];
  ours: FieldView[];
  related: RelatedView[];
};

export type ListView = { title: string; rows: { name: string; detail: string; href: string }[] };

export type QuickAction = { name: string; label: string; component: string };

export type Content =
  | { kind: 'record'; record: RecordView; regions: Record<string, string[]>; actions: QuickAction[] }
  | { kind: 'list'; list: ListView }
  | { kind: 'app'; title: string; components: string[] };

export type PageData = {
  org: { id: string; name: string; timeZone: string };
  user: { id: string; name: string; locale: string };
  users: { id: string; name: string }[];
  /** False in an org whose subscribers are all taken. */
  hasEvents: boolean;
  tabs: { title: string; href: string }[];
  title: string;
  content: Content;
};
