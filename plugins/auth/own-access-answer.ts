import { object, oneOf, orNull, text, type AnswerOf } from '../../kits/feature-kit/answers.ts';

/** The answer of `GET /access`, as a JSON Schema. */
export const ownAccess = object({
  /** the name of the key; null: none was sent, and none is needed */
  key: orNull(text),
  role: oneOf('admin', 'viewer', 'caller'),
});

export type OwnAccess = AnswerOf<typeof ownAccess>;
