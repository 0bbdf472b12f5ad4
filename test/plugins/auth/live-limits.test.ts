/** Limits of what runs for long, and of what is no text. */
import t from 'tap';
import { openSocket, startSocketUpstream } from '../../socket-upstream.ts';
import { openKeyed } from './keyed.ts';

const DONE =
  '{"type":"response.done","response":{"usage":{"total_tokens":3000,"input_tokens":2000,"output_tokens":1000}}}';

for (const [counted, limits] of [
  ['tokens', { tokens: { day: 5_000 } }],
  ['dollars', { dollars: { day: 0.005 } }],
] as const)
  t.test(
    `a session is counted while it lasts, ends where its ${counted} do, and no other begins`,
    async (t) => {
      const upstream = await startSocketUpstream(t);
      const lab = { use: 'openai-compatible', baseUrl: upstream.url, surfaces: ['*', 'realtime-websocket'] };
      const { switchyard, as, make } = await openKeyed(t, {
        config: { providers: { lab }, auth: { prices: { voice: { input: 1, output: 1 } } } },
      });
      const key = await make('talker', { limits });
      const open = () =>
        openSocket(t, `${switchyard.url}/v1/realtime?model=voice`, {
          headers: { authorization: `Bearer ${key}` },
        });
      const client = open();
      await client.opened;
      const { socket, closed } = await upstream.accepted();
      socket.send(DONE);
      await client.message(1);
      const usedNow = async () => (await as(key, '/usage')).json().limits[0].used;
      const first = counted === 'tokens' ? 3_000 : 0.003;
      while ((await usedNow()) !== first) continue;
      socket.send(DONE);
      t.match(JSON.parse(String(await client.message(3))), {
        type: 'error',
        error: { code: counted === 'tokens' ? 'rate_limited' : 'budget_spent', message: /'talker' may use/ },
      });
      t.equal((await client.closed)[0], 1008);
      await closed;
      t.equal(await usedNow(), 2 * first);
      const { status, body } = await open().refused;
      t.equal(status, 429, body);
      const { totals } = (await as(key, '/usage')).json();
      t.match(totals, { reported: { prompt: 4_000, completion: 2_000 } });
    },
  );
