import type { Members, Place } from '../../../core/contracts/index.ts';
import { FormWalk } from '../../../wire/body/multipart.ts';
import { Walk } from '../../../wire/body/walk.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** what was found in its body while it came; undefined: it was short from the first */
    bodyIndex?: BodyIndex;
  }
}

/** Up to here a body is read when it is there; a longer one is walked over while it comes. */
export const SHORT = 16 * 1024;

/** Every member that anything here looks at or sets, whatever API and strategy. */
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
  'input',
  'user',
  'prompt_cache_key',
  'max_tokens',
  'max_completion_tokens',
  'max_output_tokens',
];
const FIELDS = ['model', 'stream'];

/** Where the members of a long body stand, or the fields of a form. */
export class BodyIndex {
  readonly #contentType: string;
  #walk: Walk | undefined;
  #form: FormWalk | undefined;

  constructor(contentType: string) {
    this.#contentType = contentType;
  }

  /** @param soFar all that has come */
  advance(soFar: Buffer): void {
    if (soFar.length <= SHORT) return;
    if (isForm(this.#contentType)) (this.#form ??= new FormWalk(this.#contentType, FIELDS)).advance(soFar);
    else (this.#walk ??= new Walk(MEMBERS)).advance(soFar);
  }

  /** undefined: it is no whole JSON object */
  get members(): Members | undefined {
    return this.#walk?.found();
  }

  /** undefined: it was too short to be walked over, or is no form */
  get fields(): ReadonlyMap<string, Place> | undefined {
    return this.#form?.fields;
  }
}

export const isForm = (contentType: string): boolean => /^multipart\//i.test(contentType);
