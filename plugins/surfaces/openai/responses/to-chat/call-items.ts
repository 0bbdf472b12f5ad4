import { randomUUID } from 'node:crypto';
import { isObject, stringOf, type Json } from '../../../../../kits/dialect-kit/json.ts';
import { ObjectEnd } from '../../../../../kits/dialect-kit/object-end.ts';
import { ToolCallNumbers, withTextArguments } from '../../../../../kits/dialect-kit/tool-call-numbers.ts';
import type { OwnTool } from '../tool-names.ts';
import { CustomInput } from './custom-input.ts';
import type { ItemWriter, Place } from './item-writer.ts';

interface Call {
  id: string;
  name: string;
  text: string;
  /** where its arguments are whole */
  readonly end: ObjectEnd;
  /** what was not written of them */
  pending: string;
  place?: Place;
  input?: CustomInput;
  isDone?: boolean;
}

/** Writes tool calls as they come: each has events of its own, so several can be under way. */
export class CallItems {
  readonly #writer: ItemWriter;
  readonly #tools: ReadonlyMap<string, OwnTool>;
  readonly #numbers = new ToolCallNumbers();
  readonly #calls: Call[] = [];
  /** calls that may be closed when the next one begins */
  readonly #whole = new Set<Call>();

  constructor(writer: ItemWriter, tools: ReadonlyMap<string, OwnTool>) {
    this.#writer = writer;
    this.#tools = tools;
  }

  add(given: Json): void {
    const fragment = withTextArguments(given);
    const place = this.#numbers.of(fragment);
    const isNew = this.#calls[place] === undefined;
    const call = (this.#calls[place] ??= { id: '', name: '', text: '', end: new ObjectEnd(), pending: '' });
    const called = isObject(fragment.function) ? fragment.function : {};
    call.id ||= stringOf(fragment.id);
    call.name ||= stringOf(called.name);
    const text = stringOf(called.arguments);
    call.text += text;
    call.end.read(text);
    call.pending += text;
    if (isNew) this.#closeWhole();
    if (call.end.isWhole) this.#whole.add(call);
    if (call.name !== '' && call.isDone !== true) this.#write(call);
  }

  #closeWhole(): void {
    for (const call of this.#whole)
      if (call.isDone !== true && call.end.isWhole) this.#close(call, 'completed');
    this.#whole.clear();
  }

  end(status: string): void {
    for (const call of this.#calls) if (call.isDone !== true) this.#close(call, status);
  }

  #write(call: Call): void {
    if (!call.place) this.#open(call);
    const piece = call.pending;
    call.pending = '';
    this.#delta(call, call.input ? call.input.add(piece) : piece);
  }

  #open(call: Call): void {
    const custom = this.#tools.get(call.name)?.custom === true;
    call.id ||= `call_${randomUUID().replaceAll('-', '')}`;
    call.place = this.#writer.place(custom ? 'ctc' : 'fc');
    if (custom) call.input = new CustomInput();
    this.#writer.added(call.place, this.#item(call, 'in_progress', ''));
  }

  #delta({ place, input }: Call, delta: string): void {
    if (delta === '' || !place) return;
    const type = input ? 'response.custom_tool_call_input.delta' : 'response.function_call_arguments.delta';
    this.#writer.write(type, { item_id: place.item_id, output_index: place.output_index, delta });
  }

  #close(call: Call, status: string): void {
    call.isDone = true;
    if (!call.place) this.#write(call);
    const { item_id, output_index } = call.place as Place;
    const at = { item_id, output_index };
    if (call.input) {
      this.#delta(call, call.input.rest());
      this.#writer.write('response.custom_tool_call_input.done', { ...at, input: call.input.said });
      return this.#writer.done(call.place as Place, this.#item(call, status, call.input.said));
    }
    // Clients parse the arguments, and an empty text is no JSON.
    if (call.text.trim() === '') this.#delta(call, '{}');
    const text = call.text.trim() === '' ? `${call.text}{}` : call.text;
    const { name } = this.#named(call);
    this.#writer.write('response.function_call_arguments.done', { ...at, name, arguments: text });
    this.#writer.done(call.place as Place, this.#item(call, status, text));
  }

  #item(call: Call, status: string, text: string): Json {
    const { name, namespace } = this.#named(call);
    return {
      id: (call.place as Place).item_id,
      type: call.input ? 'custom_tool_call' : 'function_call',
      status,
      call_id: call.id,
      name,
      ...(namespace !== undefined && { namespace }),
      [call.input ? 'input' : 'arguments']: text,
    };
  }

  #named({ name }: Call): Pick<OwnTool, 'name' | 'namespace'> {
    return this.#tools.get(name) ?? { name, namespace: undefined };
  }
}
