import { stringOf, type Json } from './json.ts';

/** OpenAI's models since o1: only they have the role `developer`, and they take only `max_completion_tokens`. */
const NEW_MODEL = /(?:^|\/)(?:o\d|gpt-(?![34]))/;

export const isNewModel = (model: unknown): boolean => NEW_MODEL.test(stringOf(model));

/** The most tokens of a chat's answer, by the name that the model's servers know. */
export const outputLimit = (model: unknown, limit: unknown): Json =>
  limit === undefined ? {} : { [isNewModel(model) ? 'max_completion_tokens' : 'max_tokens']: limit };
