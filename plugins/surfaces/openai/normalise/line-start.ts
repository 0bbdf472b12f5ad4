/** Drops the line ends between a tag and the text after it. */
export class LineStart {
  #isText = false;

  push(text: string): string {
    if (this.#isText) return text;
    const rest = text.replace(/^[\r\n]+/, '');
    this.#isText = rest !== '';
    return rest;
  }
}
