// One endpoint of the API: its path, the right it needs, its parameters and what it does.
import type { z } from 'zod';
import type { Context } from './context.ts';

/** The `:name` segments of the path. */
export type PathParams = Record<string, string>;

export type Endpoint = {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  right: string;
  /** Open to publishable keys, which then have to show the object's client secret. */
  browser: boolean;
  params: z.ZodType;
  run: (ctx: Context, params: unknown, path: PathParams) => object;
};

type Definition<T> = {
  right: string;
  browser?: boolean;
  params: z.ZodType<T>;
  run: (ctx: Context, params: T, path: PathParams) => object;
};

/** `route` is method and path, for example `POST /v1/invoices/:id/finalize`. */
export function endpoint<T>(route: string, definition: Definition<T>): Endpoint {
  const [method, path] = route.split(' ');
  return {
    method: method as Endpoint['method'],
    path: path ?? '',
    right: definition.right,
    browser: definition.browser ?? false,
    params: definition.params,
    // The pipeline hands over what this very schema made of the request.
    run: (ctx, params, segments) => definition.run(ctx, params as T, segments),
  };
}

/** The object's own id in the path. */
export function idOf(path: PathParams): string {
  return path['id'] ?? '';
}
