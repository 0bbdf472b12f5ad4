import type { FeaturePlugin } from '../core/contracts/index.ts';
import { addHook } from '../kits/feature-kit/index.ts';
import { redactedBody } from './redact/body.ts';
import { findersOf } from './redact/finder.ts';
import { options, type RedactOptions } from './redact/options.ts';
import { Placeholders } from './redact/placeholders.ts';
import { rewriteOf } from './redact/rewrite.ts';

const NONE: ReadonlyMap<string, string> = new Map();

/**
 * Takes secrets and personal data out of requests, so that no provider gets them, and out of the texts of answers. What was
 * taken out of a request has a name there, and is put back where the answer says that name.
 */
export default {
  name: 'redact',
  inEachThread: true,
  after: ['guardrail'],
  options,
  create({ requests, answers, restore, ...what }, host) {
    const finders = findersOf(what);
    if (finders.length === 0 || (!requests && !answers)) return;
    const inAnswers = answers ? finders : [];
    addHook(host, {
      name: 'redact',
      // What cannot be redacted is not sent.
      onFailure: 'refuse',
      request: ({ isJson, body }) => {
        const text = isJson && requests ? body.toString() : '';
        const placeholders = new Placeholders(text);
        const redacted = redactedBody(text, finders, placeholders);
        const back = restore ? placeholders.texts : NONE;
        const isNeeded = inAnswers.length > 0 || back.size > 0;
        return {
          ...(redacted !== text && { body: Buffer.from(redacted) }),
          ...(isNeeded && { rewrite: rewriteOf(inAnswers, back) }),
        };
      },
    });
  },
} satisfies FeaturePlugin<RedactOptions>;
