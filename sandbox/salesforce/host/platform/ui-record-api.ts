// `lightning/uiRecordApi`, as far as the package uses it: says that records have changed behind the page's back.
export async function notifyRecordUpdateAvailable(records: { recordId: string }[]): Promise<void> {
  document.dispatchEvent(
    new CustomEvent('host__records', { detail: records.map(({ recordId }) => recordId) }),
  );
}
