import { problemIn } from './problem.ts';
import { SHORT } from './questions.ts';
import type { Subject } from './subject.ts';
import { faulty, fine, notMade, type Verdict } from './verdict.ts';

interface Answer {
  readonly choices?: readonly {
    readonly message?: { readonly content?: unknown };
    readonly finish_reason?: unknown;
  }[];
}

/** Does it answer a short question? */
export async function chat(subject: Subject): Promise<Verdict> {
  if (subject.noChat !== undefined) return notMade(subject.noChat);
  const seen = await subject.chat(SHORT);
  const { id: request, trace } = seen;
  const problem = problemIn(subject, seen);
  if (problem) return problem;
  subject.answer = JSON.parse(seen.body);
  const { streams } = subject.upstream.provider.quirks;
  if (streams !== 'only' && seen.contentType.startsWith('text/event-stream'))
    return faulty('it was asked for one answer and sent a stream, which is folded here', {
      request,
      remedy: 'a provider file of its own can say so: quirks { streams: "only" }',
    });
  const ms = Math.round((trace.endedUs ?? 0) / 1000);
  return fine(`${said(subject.answer as Answer)} after ${ms} ms`, { request });
}

/** Reasoning alone is an answer, too, within so few tokens. */
function said({ choices = [] }: Answer): string {
  const [choice] = choices;
  const text = choice?.message?.content;
  if (typeof text === 'string' && text.trim() !== '') return JSON.stringify(text.trim().slice(0, 60));
  return `something other than text (finish_reason ${JSON.stringify(choice?.finish_reason)})`;
}
