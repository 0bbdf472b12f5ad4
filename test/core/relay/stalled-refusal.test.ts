import t from 'tap';
import { bytesFrom, gatewayInFront, rawUpstream } from '../../in-front.ts';

t.test('a refusal whose text never comes is still that refusal', async (t) => {
  for (const [status, words] of [
    [429, 'Too Many Requests'],
    [400, 'Bad Request'],
  ] as const) {
    const head = `HTTP/1.1 ${status} ${words}\r\ncontent-type: application/json\r\nretry-after: 7\r\ncontent-length: 50\r\n\r\n`;
    const one = await rawUpstream(t, head, 'hang');
    const { url } = await gatewayInFront(t, { one }, { timeouts: { idle: '300ms' }, retry: { again: 0 } });
    const answer = await bytesFrom(`${url}/v1`, 'chat', { stream: false });
    t.equal(answer.status, status);
    t.equal(answer.headers['retry-after'], '7');
  }
});
