// Finds the operation of a contract that a request path means.
import type { Operation, Violation } from './contract.ts';

export type Match<T> = { operation: T; parameters: Record<string, string> };
export type Router<T> = {
  match(method: string, path: string): Match<T> | undefined;
  /** Methods the contract knows for a path; empty when it does not know the path. */
  methods(path: string): string[];
};

/** Paths with more literal segments win, so that `/v1/invoices/search` is not an invoice called "search". */
export function createRouter<T extends Operation>(operations: readonly T[]): Router<T> {
  const routes = operations
    .map((operation) => ({
      operation,
      pattern: patternOf(operation.path),
      literals: literalsOf(operation.path),
    }))
    .sort((a, b) => b.literals - a.literals);
  const hits = (path: string) => routes.filter((route) => route.pattern.test(path));
  return {
    match(method, path) {
      const hit = hits(path).find((route) => route.operation.method === method);
      if (!hit) return undefined;
      return { operation: hit.operation, parameters: { ...hit.pattern.exec(path)?.groups } };
    },
    methods: (path) => [...new Set(hits(path).map((route) => route.operation.method))],
  };
}

/** What to say about a request that no operation matches. */
export function unmatched(method: string, path: string, methods: string[]): Violation {
  const message =
    methods.length > 0
      ? `method ${method} is not defined here (defined: ${methods.join(', ')})`
      : 'the contract has no such path';
  return { where: 'path', at: path, message };
}

/** A template's placeholder, or what an unset variable leaves behind, standing where an id belongs. */
export function unfilled(parameters: Record<string, string>): Violation[] {
  return Object.entries(parameters)
    .filter(([, value]) => /^(\{.*\}|%7b.*|:\w+|undefined|null|NaN|\[object.*)$/i.test(value))
    .map(([name, value]) => ({
      where: 'path',
      at: `/${name}`,
      message: `placeholder was not filled (got ${value})`,
    }));
}

function patternOf(path: string): RegExp {
  const source = path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  return new RegExp(`^${source}/?$`);
}

function literalsOf(path: string): number {
  return path.split('/').filter((segment) => !segment.startsWith('{')).length;
}
