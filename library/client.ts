/** `zoner/client`: typed records sent and consumed, with dead letters and holds. */
export * from '#client/zoner.ts';
