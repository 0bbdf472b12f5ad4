import type { Call, EventTranslator, Translation } from '../../../core/contracts/index.ts';
import { GatewayError, isUntranslatable } from '../../../core/errors.ts';
import { membersOf } from '../../../wire/body/json-members.ts';
import type { Json } from '../json.ts';
import { asTools, speaksOfFunctions } from './as-tools.ts';
import { asFunctionCall, functionCallEvents } from './as-function-call.ts';

const OFFERED = 'functions';
/** an empty list offers none */
const HOLDS = /^\[\s*[^\]\s]/;

/** A translation of chats, for callers that offer `functions`, too: they get a `function_call`. */
export const withFunctions = (modern: Translation): Translation => ({
  ...modern,
  inside: modern,
  remembers: [OFFERED],
  request: (body, dropped = [], goesOn) =>
    speaksOfFunctions(body)
      ? requestOf(modern, body, dropped, goesOn)
      : modern.request(body, dropped, goesOn),
  answer: (body, asked) => {
    const answer = modern.answer(body, asked);
    return offersFunctions(asked) ? asFunctionCall(answer) : answer;
  },
  events: (asked) => {
    const translate = modern.events(asked);
    if (!offersFunctions(asked)) return translate;
    const called = functionCallEvents();
    const both: EventTranslator = (event) => translate(event).flatMap(called);
    return translate.fail ? Object.assign(both, { fail: translate.fail }) : both;
  },
});

function offersFunctions(asked: Call | undefined): boolean {
  if (asked?.format !== 'json') return false;
  const { start = 0, end = 0 } = membersOf(asked, [OFFERED])?.spans.get(OFFERED) ?? {};
  return HOLDS.test(asked.raw.toString('latin1', start, Math.min(end, start + 64)));
}

/** Dropped and refused members have the caller's names. */
function requestOf(modern: Translation, body: Json, dropped: string[], goesOn?: boolean): Json {
  const told: string[] = [];
  try {
    const request = modern.request(asTools(body), told, goesOn);
    dropped.push(...told.filter((name) => name !== 'parallel_tool_calls' || name in body).map(inOldWords));
    return request;
  } catch (error) {
    if (!isUntranslatable(error) || error.param === null) throw error;
    const param = inOldWords(error.param);
    const message = error.message.replace(`'${error.param}'`, `'${param}'`);
    throw new GatewayError('not_translatable', message, { param, cause: error });
  }
}

const OLD_WORDS: readonly (readonly [modern: RegExp, old: string])[] = [
  [/^tool_choice\b/, 'function_call'],
  [/^tools\b/, OFFERED],
  [/^(messages\[\d+\])\.tool_calls\[0\]/, '$1.function_call'],
  [/^(functions\[\d+\]|messages\[\d+\]\.function_call)\.function\b/, '$1'],
];

const inOldWords = (member: string): string =>
  OLD_WORDS.reduce((said, [modern, old]) => said.replace(modern, old), member);
