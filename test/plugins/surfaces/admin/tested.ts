import type { Switchyard } from '../../../switchyard.ts';
import type { Received } from '../../../upstream/received.ts';
import { startUpstream, type Upstream, type UpstreamOptions } from '../../../upstream/upstream.ts';
import type { Test } from 'tap';

/** One check, as the API tells it. */
export interface Checked {
  readonly check: string;
  readonly ok: boolean | null;
  readonly ms: number;
  readonly detail: string;
  readonly remedy?: string;
  readonly request?: string;
  readonly ttft?: number;
  readonly tokensPerSecond?: number;
  readonly estimated?: boolean;
}

export interface Tested {
  readonly provider: string;
  readonly ok: boolean;
  readonly checks: readonly Checked[];
}

export const isStream = (request: Received): boolean => request.fields().stream === true;
export const isWhole = (request: Received): boolean => request.method === 'POST' && !isStream(request);
export const isNonsense = (request: Received): boolean => typeof request.fields().messages === 'string';

/** An upstream that also refuses what it cannot read. */
export async function goodUpstream(t: Test, options: UpstreamOptions = {}): Promise<Upstream> {
  const upstream = await startUpstream({ models: ['m'], interval: 1, ...options });
  t.teardown(() => upstream.close());
  upstream.behaveWhen(isNonsense, 'status-400');
  return upstream;
}

/** `POST /providers/{name}/test` */
export async function test(
  switchyard: Switchyard,
  name: string,
  body: Record<string, unknown> = {},
): Promise<Tested> {
  const answer = await switchyard.ask(`/providers/${name}/test`, { body });
  if (answer.status !== 200) throw new Error(answer.text);
  return (answer.json() as { providers: Tested[] }).providers[0] as Tested;
}

/** names of the checks with that outcome */
export const those = ({ checks }: Tested, ok: boolean | null): string[] =>
  checks.filter((one) => one.ok === ok).map(({ check }) => check);

export const checked = ({ checks }: Tested, name: string): Checked =>
  checks.find(({ check }) => check === name) as Checked;
