import type { Members, Place } from '../../core/contracts/index.ts';
import { FormWalk } from '../../wire/body/multipart.ts';
import { Walk } from '../../wire/body/walk.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** what the walk has found in the body; undefined: the body was short from the start */
    bodyIndex?: BodyIndex;
  }
}

/** Bodies up to this size are read when complete; a longer one is walked while it arrives. */
export const SHORT = 16 * 1024;

/** Every member that anything here reads or sets, in any API and strategy. */
const MEMBERS = [
  'model',
  'stream',
  'stream_options',
  'stop',
  'stop_sequences',
  'stop_token_ids',
  'n',
  'prompt',
  'messages',
  'functions',
  'input',
  'user',
  'prompt_cache_key',
  'max_tokens',
  'max_completion_tokens',
  'max_output_tokens',
  'raw',
  'suffix',
  'options',
  'think',
  'keep_alive',
  'previous_response_id',
  'store',
  'requests',
  'generateContentRequest',
];
const FIELDS = ['model', 'stream'];

/** Where the members of a long body are, or the fields of a form. */
export class BodyIndex {
  readonly #contentType: string;
  #walk: Walk | undefined;
  #form: FormWalk | undefined;

  constructor(contentType: string) {
    this.#contentType = contentType;
  }

  /** @param soFar everything received */
  advance(soFar: Buffer): void {
    if (soFar.length <= SHORT) return;
    if (isForm(this.#contentType)) (this.#form ??= new FormWalk(this.#contentType, FIELDS)).advance(soFar);
    else (this.#walk ??= new Walk(MEMBERS)).advance(soFar);
  }

  /** undefined: not a complete JSON object */
  get members(): Members | undefined {
    return this.#walk?.found();
  }

  /** undefined: too short to have been walked, or not a form */
  get fields(): ReadonlyMap<string, Place> | undefined {
    return this.#form?.fields;
  }
}

export const isForm = (contentType: string): boolean => /^multipart\//i.test(contentType);
