export interface Closing {
  use<T extends { close(): Promise<unknown> }>(resource: T): T;
  /** Closes what is open, the last opened first; what one of them throws does not keep the others open. */
  close(): Promise<void>;
}

/** Things to close at the end. */
export function closing(): Closing {
  const open: { close(): Promise<unknown> }[] = [];
  return {
    use(resource) {
      open.push(resource);
      return resource;
    },
    async close() {
      const errors: unknown[] = [];
      for (let last = open.pop(); last !== undefined; last = open.pop())
        await last.close().catch((error: unknown) => errors.push(error));
      if (errors.length > 0) throw errors[0];
    },
  };
}
