import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { Subject } from '../../../bench/soak/subject.ts';

/** A gateway that answers each change like this. */
async function gateway(t: Test, answer: (response: ServerResponse, nth: number) => void): Promise<Subject> {
  let asked = 0;
  const server = createServer((request, response) => {
    request.resume();
    answer(response, ++asked);
  }).listen(0, '127.0.0.1');
  t.teardown(() => void server.close());
  await once(server, 'listening');
  const subject = new Subject('http://127.0.0.1:9');
  subject.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return subject;
}

const REPLACED = JSON.stringify({
  error: { code: 'shutting_down', message: 'this process is being replaced' },
});
const sendBack = (response: ServerResponse): void => void response.writeHead(503).end(REPLACED);

t.test('a change that the process being replaced sends back is sent again', async (t) => {
  const subject = await gateway(t, (response, nth) => (nth < 4 ? sendBack(response) : response.end('{}')));
  t.equal(await subject.change('/config/reload'), undefined);
});

t.test('a change that is always sent back fails, and the failure names it', async (t) => {
  let sent = 0;
  const subject = await gateway(t, (response, nth) => {
    sent = nth;
    sendBack(response);
  });
  const refused = await subject.change('/config/reload', 200);
  t.match(refused, /^POST \/config\/reload: for 0\.2 s .*sent it back: .*shutting_down/);
  t.ok(sent > 1, 'it was sent again until then');
});

t.test('a change that is refused for another reason is sent once', async (t) => {
  let sent = 0;
  const subject = await gateway(t, (response, nth) => {
    sent = nth;
    response.writeHead(503).end('{"error":{"code":"draining"}}');
  });
  t.match(await subject.change('/config/reload'), /draining/);
  t.equal(sent, 1);
});
