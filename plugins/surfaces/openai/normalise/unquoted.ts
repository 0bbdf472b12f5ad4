/**
 * Removes the `> ` of a quotation from the start of each line. The preceding line end is held back until it is clear
 * what follows.
 */
export class Unquoted {
  #held = '\n';
  #isFirst = true;

  push(text: string): string {
    const all = this.#held + text;
    this.#held = /\n>?$/.exec(all)?.[0] ?? '';
    const lines = all.slice(0, all.length - this.#held.length).replaceAll(/\n> ?/g, '\n');
    if (!this.#isFirst || lines === '') return lines;
    this.#isFirst = false;
    return lines.slice(1);
  }
}
