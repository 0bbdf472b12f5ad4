import type { ErrorBody, SseEvent } from '../../../../core/contracts/index.ts';
import { foreignRefusal as foreign } from '../../../../kits/dialect-kit/foreign-refusal.ts';
import { isObject, stringOf } from '../../../../kits/dialect-kit/json.ts';

/** An error in a stream of this API. */
export const failure = ({ error }: ErrorBody): SseEvent => ({
  event: 'internalServerException',
  data: JSON.stringify({ message: error.message }),
});

/** The text of a refusal: AWS writes `{message}`, some of its services `{Message}`. */
export function foreignRefusal(body: unknown): string | undefined {
  const said = isObject(body) ? stringOf(body.message) || stringOf(body.Message) : '';
  return said === '' ? foreign(body) : said;
}

/** Whether an event of a stream is an exception, by its name: 'throttlingException', or 'error' for one without a name. */
export const isException = (event: string): boolean => event === 'error' || event.endsWith('Exception');
