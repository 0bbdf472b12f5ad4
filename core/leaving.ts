/**
 * Tells when the client has gone. An AbortSignal is made only for who asks for one: nearly every request ends without,
 * and it costs more than all the rest of a context.
 */
export class Leaving {
  gone = false;
  /** the attempt under way: told before anybody else */
  attempt: { leave(): void } | undefined;
  #controller: AbortController | undefined;

  leave(): void {
    this.gone = true;
    this.attempt?.leave();
    this.#controller?.abort();
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.gone) this.#controller.abort();
    return this.#controller.signal;
  }
}
