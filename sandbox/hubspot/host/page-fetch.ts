// JSON from the stand-in's own page doors.

async function read<T>(response: Response): Promise<T> {
  const body: unknown = await response.json();
  if (response.ok) return body as T;
  const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : undefined;
  throw new Error(typeof message === 'string' ? message : `the page answered ${response.status}`);
}

export const getJson = async <T>(path: string): Promise<T> => read<T>(await fetch(path));

export const postJson = async <T>(path: string, body: unknown): Promise<T> =>
  read<T>(
    await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
