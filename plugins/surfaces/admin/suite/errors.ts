import { isCorrected, isReshaped, errorMessageIn } from './problem.ts';
import { NONSENSE } from './questions.ts';
import type { Subject } from './subject.ts';
import { faulty, fine, notMade, type Verdict } from './verdict.ts';

const WHAT = "a request whose 'messages' is not a list";

/** Does it refuse an invalid request as the client's fault, in the API's error format? */
export async function errors(subject: Subject): Promise<Verdict> {
  if (subject.noChat !== undefined) return notMade(subject.noChat);
  if (subject.answer === undefined && !subject.stream)
    return notMade('what it says to nonsense means nothing while it answers nothing else');
  const seen = await subject.chat(NONSENSE);
  const { id: request, status, body, trace, left } = seen;
  const [attempt] = trace.attempts;
  if (!attempt) return notMade(`the gateway itself refuses it: ${trace.error ?? 'it cannot be said'}`);
  if (left !== undefined) return faulty(`it was not done with ${WHAT} in its time`, { request });
  if (attempt.status === undefined) return faulty(`${WHAT}: ${trace.error ?? 'no answer'}`, { request });
  if (attempt.status < 400 || attempt.status >= 500)
    return faulty(
      `it answered ${attempt.status} to ${WHAT}; a status from 400 to 499 says that the request was at fault`,
      {
        request,
      },
    );
  const said = errorMessageIn(body);
  if (said === undefined || (isReshaped(body) && seen.contentType.includes('json') && !isCorrected(subject)))
    return faulty(`it refused ${WHAT} with ${status}, but its body is no {"error": {"message"}}`, {
      request,
    });
  if (!seen.contentType.includes('json') && !isCorrected(subject))
    return faulty(`it refused ${WHAT} with ${status}, but not as JSON`, { request });
  return fine(`it refused ${WHAT} with ${status}: ${said.slice(0, 100)}`, { request });
}
