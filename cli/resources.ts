/** Things to close when a command ends, the last opened first, whatever happened. */
export class Resources implements AsyncDisposable {
  readonly #closers: (() => Promise<unknown>)[] = [];

  /** Keeps something until the end. */
  use<T extends { close(): Promise<unknown> }>(resource: T): T {
    this.#closers.push(() => resource.close());
    return resource;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.#closers.reverse()) await close();
  }
}
