import type { Separated, Separator } from './separator.ts';

const TAG = '<think>';

/** For content in which every delta of reasoning begins with the tag: the first delta without it begins the answer. */
export class ThinkEachDelta implements Separator {
  readonly isOpen = false;
  #isAnswer = false;

  push(text: string): Separated {
    if (!this.#isAnswer && text.startsWith(TAG)) {
      const [reasoning = '', content = ''] = text.replace(/<think>\n?/g, '').split(/<\/think>([^]*)/);
      this.#isAnswer = content !== '';
      return { reasoning, content };
    }
    this.#isAnswer ||= text !== '';
    return { reasoning: '', content: text };
  }

  end(): Separated {
    return { reasoning: '', content: '' };
  }
}
