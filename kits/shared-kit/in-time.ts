/** ms that Redis may take for an answer */
const PATIENCE_MS = 500;
/** It is waited in turns of this many ms, so that a stall of this process counts as one: the answer may have come, and not been read. */
const TURN_MS = 50;

/** Rejects if no answer comes soon: whether what was asked is done then is not known. */
export async function inTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
  const late = Promise.withResolvers<never>();
  let turns = PATIENCE_MS / TURN_MS;
  const wait = (): void => {
    if (--turns < 0) late.reject(new Error('it does not answer'));
    else timer = setTimeout(wait, TURN_MS);
  };
  let timer = setTimeout(wait, TURN_MS);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
