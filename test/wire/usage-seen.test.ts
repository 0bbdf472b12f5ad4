import t from 'tap';
import { request } from 'undici';
import { bytesFrom, gatewayInFront, idle, rawUpstream } from '../in-front.ts';
import { chunk as chatChunk, DONE } from '../chat-events.ts';

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n';
const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
const COUNTED = { prompt: 5, completion: 2, total: 7 };
const chunk = (more: object, finish: string | null = null): string => chatChunk('Hi', finish, more);
const PINGS = ': ping\n\n'.repeat(20);

t.test('usage that was seen is remembered, whatever comes after it', async (t) => {
  for (const [what, body, ending] of [
    ['in the finish frame, without a closing event', chunk({}) + chunk({ usage }, 'stop'), 'complete'],
    ['with comments after it', `${chunk({ usage }, 'stop')}${PINGS}${DONE}`, 'complete'],
    ['in each frame, and cut', chunk({ usage }) + chunk({ usage: null }) + chunk({}) + chunk({}), 'cut'],
  ] as const) {
    const switchyard = await gatewayInFront(t, { one: await rawUpstream(t, `${HEAD}\r\n${body}`) });
    t.match((await bytesFrom(`${switchyard.url}/v1`, 'chat')).status, 200);
    t.match(await switchyard.trace(), { ending, usage: COUNTED }, what);
  }
});

t.test('and that of a stream that its caller has left', async (t) => {
  const answer = `${HEAD}\r\n${chunk({ usage })}${chunk({})}${chunk({})}`;
  const switchyard = await gatewayInFront(t, { one: await rawUpstream(t, answer, 'hang') });
  const disconnect = new AbortController();
  const { body } = await request(`${switchyard.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', stream: true, messages: [] }),
    signal: disconnect.signal,
  });
  body.on('error', () => {});
  for await (const _ of body) break;
  disconnect.abort();
  await idle(switchyard);
  t.match(await switchyard.trace(), { ending: 'left', usage: COUNTED });
});
