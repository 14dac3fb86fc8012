// Modules of Lightning as far as our components use them; the platform ships no types of its own.

declare module 'lightning/modal' {
  import type { LightningElement } from 'lwc';
  export default class LightningModal extends LightningElement {
    static open(properties: Record<string, unknown>): Promise<unknown>;
    label: string;
    close(result?: unknown): void;
  }
}

declare module 'lightning/empApi' {
  type Message = { data: { payload: Record<string, unknown> } };
  export function isEmpEnabled(): Promise<boolean>;
  export function onError(heard: (error: unknown) => void): void;
  export function subscribe(
    channel: string,
    replayId: number,
    heard: (message: Message) => void,
  ): Promise<object>;
  export function unsubscribe(subscription: object, done: (answer: object) => void): Promise<void>;
}

declare module 'lightning/platformShowToastEvent' {
  type Toast = { title: string; message: string; variant: 'success' | 'error' | 'warning' | 'info' };
  export class ShowToastEvent extends CustomEvent<Toast> {
    constructor(toast: Toast);
  }
}

declare module 'lightning/refresh' {
  export class RefreshEvent extends CustomEvent<undefined> {
    constructor();
  }
}

declare module 'lightning/actions' {
  export class CloseActionScreenEvent extends CustomEvent<undefined> {
    constructor();
  }
}

declare module 'lightning/uiRecordApi' {
  export function notifyRecordUpdateAvailable(records: { recordId: string }[]): Promise<void>;
}

declare module '@salesforce/apex/PaysideController.view' {
  export default function view(params: { recordId: string; next: string | null }): Promise<string>;
}

declare module '@salesforce/apex/PaysideController.operate' {
  export default function operate(params: { recordId: string; kind: string; body: string }): Promise<string>;
}

declare module '@salesforce/apex/PaysideController.operation' {
  export default function operation(params: { operationId: string }): Promise<string>;
}

declare module '@salesforce/apex/PaysideController.read' {
  export default function read(params: { name: string }): Promise<string>;
}

declare module '@salesforce/apex/PaysideController.save' {
  export default function save(params: { name: string; body: string }): Promise<string>;
}

declare module '@salesforce/apex/PaysideController.eventChannel' {
  export default function eventChannel(): Promise<string>;
}

declare module 'lightning/uiListsApi' {
  type FieldValue = { value: unknown; displayValue: string | null };
  export type ListRecord = { id: string; fields: Record<string, FieldValue> };
  export type ListResult = {
    data: { records: ListRecord[]; nextPageToken: string | null } | undefined;
    error: unknown;
  };
  export function getListRecordsByName(config: object): void;
}

declare module '@salesforce/apex' {
  export function refreshApex(result: object): Promise<void>;
}

declare module '@salesforce/schema/*' {
  const name: { objectApiName: string };
  export default name;
}
