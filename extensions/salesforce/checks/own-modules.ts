// Loads the analyzers, which lie beside this file and not in the repository's own install.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** A module of the analyzers; what of it we use is for the caller to say. */
export const ownModule = <Shape>(name: string): Shape => require(name) as Shape;

export const ownFile = (name: string): string => require.resolve(name);
