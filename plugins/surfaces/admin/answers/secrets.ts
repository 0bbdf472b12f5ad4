/** Answers about secrets that the config refers to, as JSON Schemas; never with a value. */
import { flag, list, object, orNull, text, type AnswerOf } from '../../../../kits/feature-kit/answers.ts';

export const secretList = object({ data: list(object({ name: text, changed: text })) });
/** `problem` says why the config does not have the change yet; null: it has. */
export const secretStored = object({ name: text, success: flag, problem: orNull(text) });

export type SecretList = AnswerOf<typeof secretList>;
export type SecretStored = AnswerOf<typeof secretStored>;
