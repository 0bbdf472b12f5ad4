import type { FeaturePlugin } from '../core/contracts/index.ts';
import { addHook, type HookRequest, post, refusal, signature } from '../kits/feature-kit/index.ts';
import { matchesAny } from '../wire/wildcard.ts';
import { options, type GuardrailOptions } from './guardrail/options.ts';

/** Asks a webhook before a request is routed: it sees the request as its caller wrote it, and may refuse it. */
export default {
  name: 'guardrail',
  inEachThread: true,
  options,
  create({ url, secret, models, timeout, onFailure }, host) {
    if (url === undefined) return;
    const { gateway, date } = host;
    addHook(host, {
      name: 'guardrail',
      onFailure,
      withinMs: timeout,
      request: async (asked) => {
        if (!matchesAny(models, asked.model)) return undefined;
        const body = questionOf(asked);
        const signed = secret === undefined ? {} : signature(secret, body, Math.floor(date() / 1_000));
        const headers = { 'content-type': 'application/json', ...signed };
        const answer = await post(gateway.transport, url, {
          headers,
          body,
          withinMs: timeout,
          signal: asked.signal,
        });
        if (answer.status !== 200) throw new Error(`its webhook answered ${answer.status}`);
        const { allow, reason } = verdictIn(answer.body);
        if (!allow) throw refusal(reason ?? 'a guardrail of this gateway refused the request');
        return undefined;
      },
    });
  },
} satisfies FeaturePlugin<GuardrailOptions>;

/** The request is embedded as it was written. */
function questionOf({ surface, model, stream, key, isJson, body }: HookRequest): string {
  const about = JSON.stringify({ surface, model, stream, key: key ?? null });
  return `${about.slice(0, -1)},"request":${isJson ? body.toString() : 'null'}}`;
}

function verdictIn(body: Buffer): { readonly allow: boolean; readonly reason: string | undefined } {
  const { allow, reason } = (JSON.parse(body.toString()) ?? {}) as { allow?: unknown; reason?: unknown };
  if (typeof allow !== 'boolean')
    throw new Error("its webhook answered without 'allow', which is true or false");
  return { allow, reason: typeof reason === 'string' && reason !== '' ? reason.slice(0, 1_000) : undefined };
}
