/** What one API and another can both say gets there, although the chat between them has no word for it. */
import t from 'tap';
import { startStandIn } from '../../servers/stand-in.ts';
import { startSwitchyard } from '../../switchyard.ts';
import { CASES } from './through-chat-cases.ts';

for (const [name, { path, body, asked, dropped, model = 'm' }] of Object.entries(CASES))
  t.test(name, async (t) => {
    for (const [surface, wanted] of Object.entries(asked)) {
      const server = await startStandIn(t, {});
      const provider = {
        use: 'openai-compatible',
        baseUrl: server.url,
        surfaces: [surface],
        models: { m: model },
      };
      const switchyard = await startSwitchyard(t, { providers: { provider }, retry: { again: 0 } });
      const answer = await switchyard.ask(path, { body: { model: 'm', ...body } });
      const sent = server.asked.findLast((one) => one.path.startsWith('POST'))?.body;
      if (wanted === undefined) t.match(answer, { status: 400, text: /not_translatable/ }, surface);
      else t.match(sent, wanted, surface);
      if (dropped)
        t.match(
          JSON.stringify((await switchyard.trace()).notes),
          new RegExp(`left out .*${dropped}`),
          surface,
        );
    }
  });
