// The cookie that binds an OAuth flow to the browser that began it, and what comes back with the browser.
import type { Request, Response } from 'express';
import type { Begun } from '../workspaces/authorize.ts';

export type FlowCookie = {
  /** Sends the browser to the provider. */
  begin(res: Response, begun: Begun): void;
  /** Reads what the provider sent back; a flow is over after its first return. */
  end(req: Request, res: Response): FlowReturn;
};

export type FlowReturn = {
  code: string | undefined;
  state: string | undefined;
  error: string | undefined;
  browser: string | undefined;
};

/** @param secure true wherever the public address is https */
export const createFlowCookie = (name: string, secure: boolean): FlowCookie => ({
  begin(res, { url, browser, maxAgeMs }) {
    res.cookie(name, browser, { httpOnly: true, sameSite: 'lax', secure, maxAge: maxAgeMs, path: '/oauth' });
    res.redirect(303, url);
  },
  end(req, res) {
    res.clearCookie(name, { path: '/oauth' });
    return {
      code: single(req.query['code']),
      state: single(req.query['state']),
      error: single(req.query['error']),
      browser: cookie(req, name),
    };
  },
});

const single = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function cookie(req: Request, name: string): string | undefined {
  for (const part of (req.headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split(/=(.*)/s);
    if (key === name) return value;
  }
  return undefined;
}
