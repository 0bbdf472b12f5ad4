/** ms for an answer of a service that is on this machine or beside it, and of one that is not */
const [PATIENCE, MORE_PATIENCE] = [2_000, 10_000];

interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly from: string;
}

/** The body of an answer. @throws Error without a 200 in time */
export async function ask(
  url: string,
  { method = 'GET', headers = {}, body, from }: Question,
): Promise<string> {
  const signal = AbortSignal.timeout(url.startsWith('https:') ? MORE_PATIENCE : PATIENCE);
  const init = { method, headers, ...(body !== undefined && { body }), redirect: 'error', signal } as const;
  const answer = await fetch(url, init).catch((error: Error) => {
    throw new Error(`${from} does not answer at ${new URL(url).origin}: ${error.message}`, { cause: error });
  });
  if (!answer.ok) throw new Error(`${from} answered ${answer.status}`);
  return answer.text();
}
