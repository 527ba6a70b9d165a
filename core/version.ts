import manifest from '../package.json' with { type: 'json' };

/** Zoner's version, as dead letters and query tags name it. */
export const APP_VERSION: string = manifest.version;

/** Major and minor of the oldest Node that everything which Zoner depends on supports. */
export const OLDEST_NODE: readonly number[] =
  manifest.engines.node.match(/\d+/g)?.slice(0, 2).map(Number) ?? [];
