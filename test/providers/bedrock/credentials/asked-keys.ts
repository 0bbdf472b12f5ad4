/** A gateway that asks a fake Bedrock, and which keys it signs with. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Test } from 'tap';
import { startSwitchyard } from '../../../switchyard.ts';
import { startBedrock } from '../../fake-bedrock.ts';

/** Secrets by key id, as the fake server knows them. */
export const SECRETS = {
  ENVKEY: 'env/secret',
  FILEKEY: 'file/secret',
  ROLEKEY: 'role/secret',
  NEWKEY: 'new/secret',
};
export const HELLO = {
  json: {
    output: { message: { role: 'assistant', content: [{ text: 'Hello' }] } },
    stopReason: 'end_turn',
    usage: {},
  },
};
export const written = (id: keyof typeof SECRETS, ends: string) =>
  JSON.stringify({
    AccessKeyId: id,
    SecretAccessKey: SECRETS[id],
    Token: `token-of-${id}`,
    Expiration: ends,
  });
/** Nothing answers at the address of an instance's service on this machine. */
const NOWHERE = { AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: 'us-east-2' };

interface Given {
  readonly env?: Record<string, string>;
  readonly provider?: Record<string, unknown>;
  readonly date?: () => number;
}

export async function open(t: Test, { env = {}, provider = {}, date }: Given) {
  const bedrock = await startBedrock(t, SECRETS);
  bedrock.say(HELLO);
  const home = join(t.testdirName, 'home');
  const own = { baseUrl: bedrock.url, models: { c: 'claude' }, ...provider };
  const switchyard = await startSwitchyard(
    t,
    { providers: { bedrock: own } },
    { env: { HOME: home, ...NOWHERE, ...env }, ...(date && { date }) },
  );
  const keyOf = async (): Promise<string> => {
    const answer = await switchyard.chat({ model: 'c' });
    if (answer.status !== 200) return answer.json().error.message;
    const { isSigned, headers } = bedrock.asked.at(-1)!;
    t.ok(isSigned);
    return `${/Credential=(\w+)/.exec(headers.authorization ?? '')?.[1]} ${headers['x-amz-security-token'] ?? ''}`.trim();
  };
  return { bedrock, keyOf };
}

interface Question {
  readonly url: string;
  readonly sent: Buffer;
}

/** A service of credentials on this machine. */
export async function serve(
  t: Test,
  answers: Record<
    string,
    (headers: IncomingHttpHeaders, method: string, asked: Question) => string | undefined
  >,
) {
  const server = createServer(async (request, response) => {
    const { url = '', headers, method = '' } = request;
    const sent = Buffer.concat(await request.toArray());
    const body = answers[url.split('?')[0] ?? '']?.(headers, method, { url, sent });
    response.writeHead(body === undefined ? 401 : 200).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => (server.closeAllConnections(), server.close()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
