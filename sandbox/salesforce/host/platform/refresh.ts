// `lightning/refresh`: a component says that the page's data has changed.
export class RefreshEvent extends CustomEvent<undefined> {
  constructor() {
    super('lightning__refresh', { bubbles: true, composed: true });
  }
}
