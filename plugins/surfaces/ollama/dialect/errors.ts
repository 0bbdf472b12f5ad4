import type { ErrorBody, SseEvent } from '../../../../core/contracts/index.ts';
import { errorIn, errorText } from '../../../../kits/dialect-kit/error-text.ts';
import { isObject } from '../../../../kits/dialect-kit/json.ts';

/** An error as Ollama's API writes it; the gateway's own `code` stays beside it, and `param` where there is one. */
export function ollamaError({ error }: ErrorBody): object {
  const { message, code, param } = error;
  return { error: message, ...(code ? { code } : undefined), ...(param ? { param } : undefined) };
}

/** The same as a line of a stream; an error of an upstream with this API keeps its text. */
export function ollamaFailure(said: { readonly error: unknown }): SseEvent {
  const body = isObject(said.error) ? ollamaError({ error: said.error }) : said;
  return { event: '', data: JSON.stringify(body) };
}

/** The message of a refusal that is not `{error: "…"}`; undefined: it is. */
export function foreignRefusal(body: unknown): string | undefined {
  if (isObject(body) && typeof body.error === 'string' && body.error !== '') return undefined;
  return errorIn(body) ?? errorText(body) ?? 'an error without a text';
}
