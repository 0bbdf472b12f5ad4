import { isRewritten } from '../../../../kits/surface-kit/index.ts';
import type { Exchange } from './exchange.ts';
import type { Subject } from './subject.ts';
import { faulty, type Verdict } from './verdict.ts';

/** Why an answer that should have been good is not; undefined: it is. */
export function problemIn(subject: Subject, seen: Exchange): Verdict | undefined {
  const { id: request, trace, left, status } = seen;
  if (left === 'late') return faulty(late(subject, seen), { request });
  if (left === 'long') return faulty('its answer has no end: it was left after 8 MiB', { request });
  if (status === 200 && trace.ending === 'complete') return undefined;
  const said = errorMessageIn(seen.body);
  const error = trace.error ?? 'it was left before its end';
  const detail = said === undefined || error.includes(said) ? error : `${error}: ${said}`;
  const remedy = remedyFor(seen, subject);
  return faulty(detail, { request, ...(remedy === undefined ? {} : { remedy }) });
}

/** The message of an error in OpenAI's shape; undefined: there is none. */
export function errorMessageIn(body: string): string | undefined {
  const message = errorIn(body)?.message;
  return typeof message === 'string' && message !== '' ? message : undefined;
}

/** The gateway put it into that shape. */
export const isReshaped = (body: string): boolean => errorIn(body)?.code === 'upstream_status';

function errorIn(body: string): { message?: unknown; code?: unknown } | null | undefined {
  try {
    return (JSON.parse(body) as { error?: { message?: unknown; code?: unknown } | null }).error;
  } catch {
    return undefined;
  }
}

function late({ options: { timeout } }: Subject, { trace, events }: Exchange): string {
  const [attempt] = trace.attempts;
  const after = `within ${timeout} ms`;
  if (!attempt) return `it had no free slot for another request ${after}`;
  if (attempt.headUs === undefined) return `it sent nothing ${after}`;
  if (attempt.firstContentUs === undefined) return `it sent no content ${after}`;
  return `its answer was not whole ${after}; ${events.length} events had come`;
}

/** By the answer's status, and by the code of the failure. */
const REMEDIES: Readonly<Record<string, string>> = {
  401: 'give it a key that it takes: providers.NAME.apiKey',
  403: 'give it a key that it takes: providers.NAME.apiKey',
  404: 'look at its baseUrl, and at the model: switchyard test NAME --model M',
  429: 'it has reached its rate limit: try again later, or give it further keys (providers.NAME.apiKeys)',
  upstream_refused: 'is it running, and is providers.NAME.baseUrl where it listens?',
  upstream_malformed: 'its baseUrl is probably not where its API is',
  stream_cut: 'what stands between it and the gateway may cut long answers; its own log may tell more',
};

function remedyFor({ trace }: Exchange, { name, upstream }: Subject): string | undefined {
  const [attempt] = trace.attempts;
  const remedy = REMEDIES[String(attempt?.status)] ?? REMEDIES[String(attempt?.reason)];
  // A program that the gateway runs has neither a key nor a URL in the config.
  if (upstream.process && remedy !== undefined) return `look at its output: switchyard logs ${name}`;
  return remedy?.replaceAll('NAME', name);
}

/** Its deviations are known, and corrected on the way. */
export const isCorrected = ({ upstream }: Subject): boolean => isRewritten(upstream.provider.quirks);
