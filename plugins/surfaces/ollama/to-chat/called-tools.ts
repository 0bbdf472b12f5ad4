/** Finds the call that a result belongs to, where its client names the tool only, or not even that. */
export class CalledTools {
  /** calls without a result yet, in order */
  readonly #open: { readonly id: string; readonly name: string }[] = [];

  called(id: string, name: string): void {
    this.#open.push({ id, name });
  }

  /** @returns the call's id; undefined: nothing was called that this could be the result of */
  answered(id: string, name: string): string | undefined {
    const found = this.#open.findIndex((call) =>
      id === '' ? name === '' || call.name === name : call.id === id,
    );
    const [call] = found === -1 ? [] : this.#open.splice(found, 1);
    return call?.id ?? (id || undefined);
  }
}
