/** ms for an answer of a service that is on this machine or beside it */
const PATIENCE = 2_000;

interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly from: string;
}

/** The body of an answer. @throws Error without a 200 in time */
export async function ask(url: string, { method = 'GET', headers = {}, from }: Question): Promise<string> {
  const init = { method, headers, redirect: 'error', signal: AbortSignal.timeout(PATIENCE) } as const;
  const answer = await fetch(url, init).catch((error: Error) => {
    throw new Error(`${from} does not answer at ${new URL(url).origin}: ${error.message}`, { cause: error });
  });
  if (!answer.ok) throw new Error(`${from} answered ${answer.status}`);
  return answer.text();
}
