// `@salesforce/apex/…`: a method of the package's Apex, answered over HTTP by the stand-in.
import { hostPath } from './page-data.ts';

/** What Lightning throws where Apex failed. */
export type ApexError = { status: number; body: { message: string } };

type Method = (params?: Record<string, unknown>) => Promise<unknown>;

export function apexMethod(name: string): Method {
  return async (params = {}) => {
    const response = await fetch(hostPath(`/_host/controller/${name}`), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(params),
    });
    const body = (await response.json()) as { returnValue?: unknown; message?: string };
    if (response.ok) return body.returnValue;
    const error: ApexError = { status: response.status, body: { message: body.message ?? 'Apex failed' } };
    throw error;
  };
}

export { readAgain as refreshApex } from './http-wire.ts';
