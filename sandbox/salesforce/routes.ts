// API routes below a version's address, as the server and a composite request both find them.
import type { Route } from '../stand-in/server.ts';
import { api, type ApiHandler } from './api.ts';
import type { World } from './world.ts';

/** `path` begins behind `/services/data/v66.0`. */
export type ApiRoute = { method: string; path: string; handler: ApiHandler };

export const API_BASE = '/services/data/:version';

export const served = (world: World, routes: readonly ApiRoute[]): Route[] =>
  routes.map(({ method, path, handler }) => ({
    method,
    path: API_BASE + path,
    handler: api(world, handler),
  }));

export type FoundRoute = { handler: ApiHandler; params: Record<string, string> };

/** @param path with its version, as a part of a composite request names it */
export function findRoute(routes: readonly ApiRoute[], method: string, path: string): FoundRoute | undefined {
  for (const route of routes) {
    const source = (API_BASE + route.path).replaceAll(/:([a-zA-Z]+)/g, '(?<$1>[^/]+)');
    const match = route.method === method ? new RegExp(`^${source}$`).exec(path) : null;
    if (match) return { handler: route.handler, params: { ...match.groups } };
  }
  return undefined;
}
