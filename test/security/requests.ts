import { overSocket } from '../lab.ts';

export const KEY = 'gateway-key-one';
export const CHAT = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });

/** every kind of path there is, and some that are none */
export const PATHS = [
  ['GET', '/v1/models'],
  ['GET', '/v1/models/m'],
  ['GET', '/models'],
  ['POST', '/v1/chat/completions'],
  ['POST', '/chat/completions'],
  ['POST', '/openai/deployments/m/chat/completions'],
  ['PUT', '/v1/chat/completions'],
  ['GET', '/requests'],
  ['GET', '/requests/none'],
  ['GET', '/v1/files'],
  ['DELETE', '/v1/files/file-1'],
  ['GET', '/v1/'],
  ['POST', '/'],
  ['GET', '/events'],
  ['GET', '/config'],
  ['GET', '/nothing/here'],
  ['POST', '/nothing/here'],
  ['GET', '/health'],
  ['GET', '/metrics'],
] as const;

/** One request by a Host that a client's library would not send. */
export async function asHost(url: string, line: string, host: string, headers: readonly string[] = []) {
  const body = line.startsWith('POST') ? [`content-length: ${CHAT.length}`, '', CHAT] : ['', ''];
  const answer = await overSocket(
    url,
    [
      `${line} HTTP/1.1`,
      `host: ${host}`,
      'content-type: application/json',
      'connection: close',
      ...headers,
      ...body,
    ].join('\r\n'),
  );
  const [head = '', text = ''] = answer.split(/\r\n\r\n([^]*)/);
  return { status: Number(head.split(' ')[1]), text };
}
