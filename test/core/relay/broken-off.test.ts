// Finish reasons by which a server says that it has broken off its own answer.
import t from 'tap';
import { errorOf, gatewayInFront, upstream } from '../../in-front.ts';
import { event } from '../../chat-events.ts';
import { ask, chunk, DONE } from './streams.ts';

const REASONS = ['insufficient_system_resource', 'abort'];

const streamed = (...events: string[]) => ({
  code: 200,
  contentType: 'text/event-stream',
  body: events.join(''),
});

const whole = (content: string, reason: string) => ({
  code: 200,
  contentType: 'application/json',
  body: JSON.stringify({
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: reason }],
  }),
});

for (const reason of REASONS) {
  t.test(
    `${reason}: before content another target answers, after it the client gets an error event`,
    async (t) => {
      const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
      const switchyard = await gatewayInFront(t, { one, two }, { strategy: { use: 'priority' } });
      one.behave(
        'status',
        streamed(event({ choices: [{ index: 0, delta: {}, finish_reason: reason }] }), DONE),
      );
      t.match((await ask(switchyard, 'chat')).headers, { 'x-switchyard-provider': 'two' });

      one.behave('status', streamed(chunk(0, 'half of it'), chunk(0, '', reason), DONE));
      const cut = (await ask(switchyard, 'chat')).body.toString();
      t.match(cut, 'half of it', 'what had come is there');
      t.match(errorOf(cut), { code: 'upstream_error', message: `(finish_reason: ${reason})` });
      t.notMatch(errorOf(cut), { message: 'half of it' }, "the model's text is no error");
      t.notOk(cut.includes('[DONE]'), 'it does not end like a whole answer');
      t.match(await switchyard.trace(), { ending: 'error' });

      one.behave('status', whole('half of it', reason));
      const answered = await ask(switchyard, 'chat', { stream: false });
      t.match(answered.headers, { 'x-switchyard-provider': 'two' }, 'whole answers too');
    },
  );
}

t.test('an answer that outgrew its window is out of tokens, not empty', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one });
  one.behave('status', whole('', 'model_context_window_exceeded'));
  t.equal((await ask(switchyard, 'chat', { stream: false })).status, 200);
});
