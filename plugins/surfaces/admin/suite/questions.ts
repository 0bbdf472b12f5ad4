/** The requests of the suite, as small as the check allows. */

const ask = (content: string) => [{ role: 'user', content }];

export const SHORT = { max_tokens: 100, messages: ask('Say hello in one short sentence.') };
export const STREAM = { ...SHORT, stream: true };
/** Long enough to disconnect in the middle. */
export const LONG = { max_tokens: 400, messages: ask('Count from 1 to 100, in words.'), stream: true };
/** An invalid request. */
export const NONSENSE = { max_tokens: 1, messages: 'this is not a list of messages' };
