import { append } from '../../../../kits/dialect-kit/append.ts';
import { hasEnded, ownReason } from '../../../../kits/dialect-kit/finish-reasons.ts';
import { ToolCallsFold } from '../../../../kits/dialect-kit/fold-tool-calls.ts';
import { objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { spokenIn, toolCallsOf } from '../../../../kits/dialect-kit/spoken.ts';
import { deltaOf } from '../../../../kits/dialect-kit/text-of.ts';
import { endOf } from './answer.ts';
import { groundingOf, logprobsOf } from './beside.ts';
import { callPart, saidParts, Signatures } from './said-parts.ts';

/** One choice of a chat stream on its way to be the pieces of a candidate. A call is sent once its arguments are whole. */
export class CandidatePieces {
  readonly #index: number;
  readonly #signatures = new Signatures();
  readonly #calls = new ToolCallsFold();
  readonly #annotations: Json[] = [];
  #text = '';
  #refused = false;
  /** its last choice; undefined: it continues */
  #last: Json | undefined;

  constructor(index: number) {
    this.#index = index;
  }

  /** @returns undefined: nothing can be sent yet */
  read(choice: Json): Json | undefined {
    const delta = deltaOf(choice);
    this.#text += spokenIn(delta).text;
    this.#refused ||= stringOf(delta.refusal) !== '';
    append(this.#annotations, objectsOf(delta.annotations));
    this.#calls.add(toolCallsOf(delta));
    if (hasEnded(choice)) this.#last = choice;
    const parts = saidParts(delta, this.#signatures);
    const beside = logprobsOf(choice.logprobs);
    if (parts.length === 0 && Object.keys(beside).length === 0) return undefined;
    return { content: { role: 'model', parts }, index: this.#index, ...beside };
  }

  /** The last piece: the calls, and why it ended. */
  end(): Json {
    const last = this.#last ?? {};
    const isCut = ownReason(stringOf(last.finish_reason)) === 'length';
    const parts = this.#calls.result().map((call) => callPart(call, this.#signatures, isCut));
    const rest = this.#signatures.take();
    if (parts.length === 0 || Object.keys(rest).length > 0) parts.push({ text: '', ...rest });
    return {
      content: { role: 'model', parts },
      finishReason: endOf(last, this.#refused),
      index: this.#index,
      ...groundingOf(this.#annotations, this.#text),
    };
  }
}
