import type { Context } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import { addNote } from '../../../core/trace/note.ts';
import { failed } from './ask.ts';
import type { HookCounts } from './counts.ts';
import type { Hook, Rewrite } from './hook.ts';

/** Characters of a text that a hook may hold until more has come. */
const LOOK_AHEAD = 4_096;

interface Step {
  readonly hook: Hook;
  readonly rewrite: Rewrite;
  isOut: boolean;
}

/** How the hooks rewrite the texts of one answer, one behind the other. */
export class Rewriting {
  readonly #context: Context;
  readonly #counts: HookCounts;
  readonly #steps: Step[] = [];

  constructor(context: Context, counts: HookCounts) {
    this.#context = context;
    this.#counts = counts;
  }

  add(hook: Hook, rewrite: Rewrite): void {
    this.#steps.push({ hook, rewrite, isOut: false });
  }

  channel(isJson: boolean): Channel {
    const held = this.#steps.map(() => '');
    const steps = [...this.#steps.entries()];
    return {
      get pending() {
        return held.some((text) => text !== '');
      },
      push: (piece, isEnd) => {
        let text = piece;
        for (const [nth, step] of steps) {
          const raw = held[nth] + text;
          const keeps = raw === '' ? { text: '', held: 0 } : this.#run(step, raw, isEnd, isJson);
          held[nth] = keeps.held === 0 ? '' : raw.slice(raw.length - keeps.held);
          text = keeps.text;
        }
        return text;
      },
    };
  }

  /** A text that is whole. */
  whole(text: string, isJson: boolean): string {
    return this.channel(isJson).push(text, true);
  }

  /** It cannot be rewritten. @throws GatewayError `hook_failed` where a hook wants that */
  impossible(why: string): void {
    for (const step of this.#steps) this.#fail(step, new Error(why));
  }

  #run(step: Step, raw: string, isEnd: boolean, isJson: boolean): { text: string; held: number } {
    if (step.isOut) return { text: raw, held: 0 };
    try {
      const { text, held = 0 } = step.rewrite(raw, { isEnd, isJson });
      if (held > LOOK_AHEAD && !isEnd) return this.#run(step, raw, true, isJson);
      return { text, held: isEnd ? 0 : Math.min(held, raw.length) };
    } catch (error) {
      const { name } = step.hook;
      if (!(error instanceof GatewayError && error.code === 'hook_refused')) {
        this.#fail(step, error);
        return { text: raw, held: 0 };
      }
      this.#counts.add(name, 'refused');
      addNote(this.#context, { remark: `the hook ${name} ended the answer` });
      throw error;
    }
  }

  /** The rest of the answer goes on without it, or is not sent. */
  #fail(step: Step, error: unknown): void {
    step.isOut = true;
    failed(step.hook, error, this.#context, this.#counts);
  }
}

/** The pieces of one text. */
export interface Channel {
  /** Some of it is held until more has come. */
  readonly pending: boolean;
  /** @returns what can be sent by now */
  push(piece: string, isEnd: boolean): string;
}
