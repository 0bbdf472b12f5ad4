/** Features of Anthropic's API that a client asks of each model, and some models refuse. */
import t, { type Test } from 'tap';
import { says, startStandIn, type StandIn } from '../../servers/stand-in.ts';
import { startSwitchyard, type Switchyard } from '../../switchyard.ts';

const MESSAGES = 'POST /v1/messages';
const NEW = 'effort-2025-11-24';
const NEWER = 'context-1m-2025-08-07';
const KNOWN = 'interleaved-thinking-2025-05-14';
const answer = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'Hello' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 1, output_tokens: 1 },
};
const refusal = (message: string) =>
  says(400, { type: 'error', error: { type: 'invalid_request_error', message } });

async function before(
  t: Test,
  own = {},
): Promise<{ server: StandIn; switchyard: Switchyard; sent: () => unknown[] }> {
  const server = await startStandIn(t, {});
  const switchyard = await startSwitchyard(t, {
    providers: {
      claude: {
        use: 'anthropic',
        baseUrl: `${server.url}/v1`,
        apiKey: 'k',
        headers: own,
        models: { old: 'claude-haiku-4-5', new: 'claude-opus-5' },
      },
    },
    retry: { again: 0 },
  });
  const sent = () =>
    server.asked.filter(({ path }) => path === MESSAGES).map(({ headers }) => headers['anthropic-beta']);
  return { server, switchyard, sent };
}

const ask = (switchyard: Switchyard, betas: string, model = 'old') =>
  switchyard.ask('/v1/messages', {
    body: { model, max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] },
    headers: { 'anthropic-beta': betas },
  });

t.test(
  'a model is asked again without the features that it refused, and later without them at once',
  async (t) => {
    const { server, switchyard, sent } = await before(t);
    server.replies[MESSAGES] = (asked) => {
      const betas = String(asked.headers['anthropic-beta'] ?? '').split(/, */);
      const odd =
        asked.body.model === 'claude-opus-5' ? [] : betas.filter((one) => one === NEW || one === NEWER);
      const names = odd.map((one) => `\`${one}\``).join(', ');
      const said = `Unexpected value(s) ${names} for the \`anthropic-beta\` header. Please consult our documentation`;
      return (odd.length > 0 ? refusal(said) : says(200, answer))(asked);
    };
    const all = `${KNOWN}, ${NEW},${NEWER}`;
    const first = await ask(switchyard, all);
    t.equal(first.status, 200, first.text);
    t.strictSame(sent(), [all, KNOWN]);
    t.match((await switchyard.trace()).notes, [{ remark: new RegExp(`anthropic-beta ${NEW}, ${NEWER}`) }]);
    t.equal((await ask(switchyard, all)).status, 200);
    t.equal((await ask(switchyard, NEW)).status, 200);
    t.strictSame(sent().slice(2), [KNOWN, undefined], 'at once, and no empty header');
    t.equal((await ask(switchyard, all, 'new')).status, 200);
    t.equal(sent().at(-1), all, 'another model knows them');
  },
);

t.test('a refusal that names none is of all', async (t) => {
  const { server, switchyard, sent } = await before(t);
  server.replies[MESSAGES] = (asked) =>
    (asked.headers['anthropic-beta'] === undefined ? says(200, answer) : refusal('invalid beta flag'))(asked);
  t.equal((await ask(switchyard, `${KNOWN},${NEW}`)).status, 200);
  t.strictSame(sent(), [`${KNOWN},${NEW}`, undefined]);
});

t.test('so is one of what the config sends', async (t) => {
  const { server, switchyard, sent } = await before(t, { 'anthropic-beta': NEW });
  server.replies[MESSAGES] = (asked) =>
    (asked.headers['anthropic-beta'] === undefined ? says(200, answer) : refusal('invalid beta flag'))(asked);
  t.equal((await ask(switchyard, KNOWN)).status, 200);
  t.strictSame(sent(), [NEW, undefined]);
});

t.test('other refusals are passed on, and what was not sent is not repeated', async (t) => {
  const { server, switchyard, sent } = await before(t);
  for (const message of [
    'messages: at least one message is required',
    `Unexpected value(s) \`${NEWER}\` for the \`anthropic-beta\` header.`,
  ]) {
    server.replies[MESSAGES] = refusal(message);
    const said = await ask(switchyard, KNOWN);
    t.equal(said.status, 400);
    t.equal(said.json().error.message, message);
  }
  t.strictSame(sent(), [KNOWN, KNOWN]);
});
