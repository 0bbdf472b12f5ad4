import type { ValidateFunction } from 'ajv';
import { validator } from '../../../../kits/feature-kit/index.ts';
import { isCorrected } from './problem.ts';
import { CHAT_COMPLETION, CHAT_COMPLETION_CHUNK } from './schema.ts';
import type { Subject } from './subject.ts';
import { faulty, fine, notMade, type Verdict } from './verdict.ts';

/** most deviations in the result */
const TOLD = 3;

/** Do its answers, as clients get them, fit OpenAI's schema? */
export function format(subject: Subject): Verdict {
  const { answer, stream } = subject;
  if (answer === undefined && !stream) return notMade('there is no answer whose format could be checked');
  const [ofAnswer, ofChunk] = validators();
  const problems = [
    ...(answer === undefined ? [] : deviations(ofAnswer, answer, 'the answer')),
    ...(stream?.chunks ?? []).flatMap((chunk, at) => deviations(ofChunk, chunk, `event ${at + 1}`)),
  ];
  const events = stream && `${stream.chunks.length} events`;
  const checked = [answer !== undefined && 'the answer', events].filter(Boolean).join(' and ');
  if (problems.length === 0) return fine(`${checked}: as OpenAI's schema wants it`);
  const more = problems.length > TOLD ? `; and ${problems.length - TOLD} more` : '';
  return faulty(problems.slice(0, TOLD).join('; ') + more, {
    ...(!isCorrected(subject) && { remedy: 'a provider file with quirks { tidy: true } corrects it' }),
  });
}

function deviations(validate: ValidateFunction, value: unknown, what: string): string[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const allowed = (params as { allowedValues?: unknown }).allowedValues;
    return `${what}: ${instancePath.slice(1) || 'it'} ${message}${allowed ? ` (${JSON.stringify(allowed)})` : ''}`;
  });
}

let made: readonly [ValidateFunction, ValidateFunction] | undefined;

/** Compiled when first needed: most gateways never run a test. */
function validators(): NonNullable<typeof made> {
  const ajv = validator({ allErrors: true, allowUnionTypes: true });
  return (made ??= [ajv.compile(CHAT_COMPLETION), ajv.compile(CHAT_COMPLETION_CHUNK)]);
}
