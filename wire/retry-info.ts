/** `google.rpc.RetryInfo`: `"retryDelay": "34.4s"`, which no quote inside a text can look like. */
const DELAY = /"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/;
/** bytes: an error is short */
const SHORT = 16 * 1024;

/** How many ms Google's APIs ask for in a refusal's body, as they send no `Retry-After`; undefined: they do not. */
export function retryInfo(body: Buffer): number | undefined {
  const [, seconds] = DELAY.exec(body.toString('latin1', 0, SHORT)) ?? [];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}
