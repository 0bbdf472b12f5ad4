import type { Quirks } from '../../../../core/contracts/index.ts';
import { isExplained, ownReason } from '../../../../kits/dialect-kit/finish-reasons.ts';
import { isObject, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { deltaOf } from '../../../../kits/dialect-kit/text-of.ts';
import { spoken } from './spoken.ts';
import { NormalToolCalls } from './tool-calls.ts';
import { Disguise } from './disguise.ts';
import type { Separated, Separator } from './separator.ts';
import { separatorsFor } from './separators.ts';
import { Unquoted } from './unquoted.ts';

/** Normalises one choice of an answer, delta by delta. */
export class NormalChoice {
  hasEnded = false;
  readonly #disguise: Disguise;
  readonly #separators: readonly Separator[];
  readonly #thinking: Unquoted | undefined;
  readonly #toolCalls = new NormalToolCalls();
  #hasRole = false;
  #hasAnswer = false;
  #callsTools = false;
  /** held back until the answer has begun */
  #reasoning = '';

  constructor({ failureTexts, reasoning }: Quirks) {
    this.#disguise = new Disguise(failureTexts);
    this.#separators = separatorsFor(reasoning);
    this.#thinking = reasoning?.includes('thinking-delta') ? new Unquoted() : undefined;
  }

  /** the error that its text turned out to be */
  get failure(): string | undefined {
    return this.#disguise.failure;
  }

  /** @returns the normalised choice; undefined where nothing is left of it */
  next(choice: Json, index: number): Json | undefined {
    const { delta: _, message: _message, text: _text, ...rest } = choice;
    const delta = this.#said(deltaOf(choice));
    const said = stringOf(choice.finish_reason);
    const reason = said === '' ? null : (ownReason(said) ?? this.reason);
    if (reason !== null) this.#add(delta, this.#rest(isExplained(choice)));
    this.hasEnded ||= reason !== null;
    return this.#choice({ ...rest, index, finish_reason: reason }, delta);
  }

  /**
   * The rest of the choice when no finish reason will come. @param ends the end is proved otherwise: a reason is added
   */
  last(index: number, ends: boolean): Json | undefined {
    if (this.hasEnded) return undefined;
    const delta: Json = {};
    this.#add(delta, this.#rest(!ends));
    this.hasEnded = ends;
    return this.#choice({ index, finish_reason: ends ? this.reason : null }, delta);
  }

  /** the finish reason, where the upstream gives none */
  get reason(): string {
    return this.#callsTools ? 'tool_calls' : 'stop';
  }

  #choice(rest: Json, delta: Json): Json | undefined {
    if (rest.finish_reason === null && Object.keys(delta).length === 0 && this.#hasRole) return undefined;
    const role = this.#hasRole ? {} : { role: 'assistant', content: '' };
    this.#hasRole = true;
    return { ...rest, delta: { ...role, ...delta } };
  }

  #said({ role: _, content, thinking, ...others }: Json): Json {
    const delta: Json = Object.fromEntries(Object.entries(others).filter(([, value]) => says(value)));
    const { text, reasoning, others: unsaid } = spoken(content);
    if (unsaid.length > 0) delta.content = content;
    this.#add(delta, { reasoning, content: '' });
    if (this.#thinking === undefined) {
      if (says(thinking)) delta.thinking = thinking;
    } else if (isObject(thinking)) {
      this.#add(delta, { reasoning: this.#thinking.push(stringOf(thinking.content)), content: '' });
    }
    this.#add(delta, this.#separated(this.#disguise.push(unsaid.length > 0 ? '' : text)));
    if (Array.isArray(delta.tool_calls)) delta.tool_calls = this.#toolCalls.next(delta.tool_calls);
    this.#callsTools ||= Array.isArray(delta.tool_calls);
    return delta;
  }

  /**
   * The text held back. Where the reasoning never ended, the start of the answer in it is unknown, so all of it becomes the
   * answer as well, unless the answer is known to be cut.
   */
  #rest(stoppedShort: boolean): Separated {
    let [reasoning, content] = ['', this.#disguise.end()];
    for (const separator of this.#separators) {
      const parts = [separator.push(content), separator.end()];
      reasoning += parts.map((part) => part.reasoning).join('');
      content = parts.map((part) => part.content).join('');
    }
    const isOpen = this.#separators.some((separator) => separator.isOpen);
    const isAll = isOpen && !this.#hasAnswer && !this.#callsTools && !stoppedShort;
    return { reasoning, content: isAll ? this.#reasoning + reasoning : content };
  }

  #separated(text: string): Separated {
    let [reasoning, content] = ['', text];
    for (const separator of this.#separators) {
      const parts = separator.push(content);
      reasoning += parts.reasoning;
      content = parts.content;
    }
    return { reasoning, content };
  }

  #add(delta: Json, { reasoning, content }: Separated): void {
    if (reasoning !== '') delta.reasoning_content = stringOf(delta.reasoning_content) + reasoning;
    if (content !== '') delta.content = stringOf(delta.content) + content;
    this.#hasAnswer ||= content !== '';
    this.#reasoning = this.#hasAnswer ? '' : this.#reasoning + reasoning;
  }
}

const says = (value: unknown): boolean => value !== null && value !== undefined && value !== '';
