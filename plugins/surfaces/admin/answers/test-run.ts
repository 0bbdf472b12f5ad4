/** Results of `POST /providers/{name}/test`, as JSON Schemas. */
import {
  flag,
  list,
  number,
  object,
  orNull,
  text,
  type AnswerOf,
} from '../../../../kits/feature-kit/answers.ts';

const check = object(
  {
    check: text,
    /** null: the check was not made, for the reason in `detail` */
    ok: orNull(flag),
    ms: number,
    detail: text,
  },
  {
    remedy: text,
    /** the id of its request's trace */
    request: text,
    ttft: number,
    tokensPerSecond: number,
    estimated: flag,
  },
);

const result = object({ provider: text, ok: flag, ms: number, checks: list(check) });

export const testRun = object({ ok: flag, providers: list(result) });
/** the event `begin` */
const testStart = object({ providers: list(text), checks: list(text) });

export type Check = AnswerOf<typeof check>;
export type Result = AnswerOf<typeof result>;
export type TestRun = AnswerOf<typeof testRun>;
export type TestStart = AnswerOf<typeof testStart>;
