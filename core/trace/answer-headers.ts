import type { AnswerHeaders, Context, Target, Usage } from '../contracts/index.ts';
import { headerText, passAtOnce } from '../../wire/headers.ts';
import { explain } from './explain-header.ts';

/** Adds the provider, the number of attempts, and the id of the trace. */
export function withAnswerHeaders(
  headers: AnswerHeaders,
  { id, call, ticket, trace, dialect: { idHeader } }: Context,
  attempts: number,
  target: Target | undefined,
  usage?: Usage,
): AnswerHeaders {
  passAtOnce(headers);
  headers['x-switchyard-attempts'] = attempts;
  headers['x-switchyard-request-id'] = id;
  // The upstream's own id is worth more to its support than ours; traces are found by either.
  headers['x-request-id'] ??= id;
  if (idHeader !== undefined) headers[idHeader] ??= id;
  ticket?.addTo(headers, target, usage);
  if (trace.translated !== undefined) headers['x-switchyard-translated'] = trace.translated;
  if (trace.dropped?.length) headers['x-switchyard-dropped'] = trace.dropped.join(', ');
  if (call.headers['x-switchyard-explain'] === '1')
    headers['x-switchyard-trace'] = explain(trace, attempts > trace.attempts.length ? target : undefined);
  if (!target) return headers;
  headers['x-switchyard-provider'] = headerText(target.provider.name);
  headers['x-switchyard-model'] = headerText(target.model === '*' ? call.model : target.model);
  return headers;
}

/** The same, while the attempt that gives the answer is not over. */
export function withAttemptHeaders(
  headers: AnswerHeaders,
  context: Context,
  target: Target,
  usage?: Usage,
): AnswerHeaders {
  const attempts = context.trace.attempts.length + 1 + (context.inflightBefore ?? 0);
  return withAnswerHeaders(headers, context, attempts, target, usage);
}
