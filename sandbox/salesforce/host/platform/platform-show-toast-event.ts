// `lightning/platformShowToastEvent`: a component asks the page for a toast.
export type Toast = { title?: string; message: string; variant?: string };

export class ShowToastEvent extends CustomEvent<Toast> {
  constructor(detail: Toast) {
    super('lightning__showtoast', { bubbles: true, composed: true, cancelable: true, detail });
  }
}
