import type { Context, Target } from './contracts.ts';
import { headerText, passAtOnce } from './headers.ts';
import type { AnswerHeaders } from './sink.ts';
import { traceLine } from './trace-line.ts';

/** Adds who gave it, after how many attempts, and under which id its trace is kept. */
export function sign(
  headers: AnswerHeaders,
  { id, call, trace }: Context,
  attempts: number,
  target: Target | undefined,
): AnswerHeaders {
  passAtOnce(headers);
  headers['x-switchyard-attempts'] = attempts;
  headers['x-switchyard-request-id'] = id;
  // The upstream's own id is worth more to its support than ours; traces are found by either.
  headers['x-request-id'] ??= id;
  if (trace.translated !== undefined) headers['x-switchyard-translated'] = trace.translated;
  if (call.headers['x-switchyard-explain'] === '1')
    headers['x-switchyard-trace'] = traceLine(trace, attempts > trace.attempts.length ? target : undefined);
  if (!target) return headers;
  headers['x-switchyard-provider'] = headerText(target.provider.name);
  headers['x-switchyard-model'] = headerText(target.model === '*' ? call.model : target.model);
  return headers;
}

/** As `sign`, while the attempt that gives the answer is not over. */
export function signAttempt(headers: AnswerHeaders, context: Context, target: Target): AnswerHeaders {
  return sign(headers, context, context.trace.attempts.length + 1 + (context.beside ?? 0), target);
}
