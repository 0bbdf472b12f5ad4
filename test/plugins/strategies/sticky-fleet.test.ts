import t from 'tap';
import { upstream } from '../../in-front.ts';
import { startSwitchyard } from '../../switchyard.ts';

t.test('a conversation goes to the same target at each gateway with the same config', async (t) => {
  const names = ['one', 'two', 'three', 'four'];
  const labs = await Promise.all(names.map((name) => upstream(t, name, { interval: 0 })));
  const providers = Object.fromEntries(
    labs.map(({ url }, at) => [
      names[at],
      { use: 'openai-compatible', baseUrl: url, apiKey: 'k', models: { m: 'm' } },
    ]),
  );
  const reversed = Object.fromEntries(Object.entries(providers).toReversed());
  const strategy = { use: 'sticky' };
  const gateways = [
    await startSwitchyard(t, { strategy, providers }),
    // The order of the config does not matter.
    await startSwitchyard(t, { strategy, providers: reversed }, { random: () => 0.9 }),
  ];
  const used = new Set<string>();
  for (let nth = 0; nth < 24; nth++) {
    const messages = [{ role: 'user', content: `conversation ${nth}` }];
    const targets = [];
    for (const gateway of gateways)
      targets.push((await gateway.chat({ messages })).headers['x-switchyard-provider']);
    t.equal(targets[0], targets[1], `conversation ${nth}`);
    used.add(String(targets[0]));
  }
  t.ok(used.size > 1, 'and they are spread');
});
