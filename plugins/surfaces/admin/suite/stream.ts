import type { Exchange } from './exchange.ts';
import { problemIn } from './problem.ts';
import { STREAM } from './questions.ts';
import { streamSeen } from './stream-seen.ts';
import type { Subject } from './subject.ts';
import { faulty, fine, notMade, type Verdict } from './verdict.ts';

/** Does its stream come in events, with content and a proper end? */
export async function stream(subject: Subject): Promise<Verdict> {
  if (subject.noChat !== undefined) return notMade(subject.noChat);
  const seen = await subject.chat(STREAM);
  const { id: request } = seen;
  const problem = problemIn(subject, seen);
  if (problem) return problem;
  subject.stream = streamSeen(seen);
  const form = formOf(seen, subject);
  if (form) return form;
  if (!subject.stream) return fine('it ended as it should, without any content', { request });
  const { chunks, firstMs, lastMs } = subject.stream;
  return fine(
    `${chunks.length} events, the first content after ${Math.round(firstMs)} ms and the last after ${Math.round(lastMs)} ms`,
    { request },
  );
}

/** An answer that is no stream is converted to one on its way to the client. */
function formOf({ contentType, id: request }: Exchange, { upstream }: Subject): Verdict | undefined {
  if (!contentType.includes('json')) return undefined;
  if (upstream.provider.quirks.streams === 'never')
    return fine('it has none, as it declares: one is made of its whole answer', { request });
  return faulty('it was asked for a stream and sent one JSON answer, which is made into a stream here', {
    request,
    remedy: 'a provider file of its own can say so: quirks { streams: "never" }',
  });
}
