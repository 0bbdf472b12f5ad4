import { number, object, type AnswerOf } from '../../../../kits/feature-kit/answers.ts';

/** `POST /restart`. */
const restarted = object({
  /** of the process that answers requests from now on */
  pid: number,
  /** of the process that ends its answers */
  previous_pid: number,
});

export type Restarted = AnswerOf<typeof restarted>;
