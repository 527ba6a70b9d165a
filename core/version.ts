import manifest from '../package.json' with { type: 'json' };

/** Zoner's version, as dead letters and query tags name it. */
export const APP_VERSION: string = manifest.version;
