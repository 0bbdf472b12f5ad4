import { randomUUID } from 'node:crypto';
import { objectsOf, isObject, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { isPartial, PartialArguments } from './partial-arguments.ts';
import { signedCall } from './signatures.ts';

/** Makes the function calls of one candidate into the fragments of a chat's tool calls. */
export class FunctionCalls {
  #count = 0;
  /** the call whose arguments are still coming */
  #open: PartialArguments | undefined;

  get any(): boolean {
    return this.#count > 0;
  }

  add({ functionCall, thoughtSignature }: Json): Json[] {
    const called = isObject(functionCall) ? functionCall : {};
    const begins = stringOf(called.name) !== '';
    const fragments = begins ? [...this.end(), this.#begin(called, stringOf(thoughtSignature))] : [];
    if (isPartial(called)) {
      if (begins) this.#open = new PartialArguments();
      for (const partial of objectsOf(called.partialArgs))
        fragments.push(...this.#argue(this.#open?.add(partial)));
    } else if (begins) {
      fragments.push(...this.#argue(JSON.stringify(isObject(called.args) ? called.args : {})));
    }
    return called.willContinue === true ? fragments : [...fragments, ...this.end()];
  }

  /** No more will come of the call that is open. */
  end(): Json[] {
    const rest = this.#open?.end();
    this.#open = undefined;
    return this.#argue(rest);
  }

  #begin({ id, name }: Json, signature: string): Json {
    this.#count += 1;
    return {
      index: this.#count - 1,
      id: stringOf(id) || `call_${randomUUID()}`,
      type: 'function',
      function: { name, arguments: '' },
      ...(signature !== '' && { extra_content: signedCall(signature) }),
    };
  }

  #argue(text: string | undefined): Json[] {
    if (!text) return [];
    return [{ index: this.#count - 1, function: { arguments: text } }];
  }
}
