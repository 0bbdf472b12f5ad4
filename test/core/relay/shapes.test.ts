import t from 'tap';
import { answerShapes } from '../../../bench/load/answer-shapes.ts';
import { startShaping } from '../../../bench/upstream/shaped.ts';
import { startSwitchyard } from '../../switchyard.ts';
import { heldBy, isHeld, type Held } from '../../held.ts';

const BYTES = 2 * 1024 * 1024;

/** Answers of Anthropic's API as a stream of chats: these hold their thread, and no other request. */
t.test('so is one that must be converted, and one that cannot be', { timeout: 300_000 }, async (t) => {
  const { origin, answer, close } = await startShaping();
  t.teardown(close);
  const switchyard = await startSwitchyard(t, {
    breaker: { failures: 10_000, minimum: 10_000 },
    retry: { attempts: 1 },
    workers: { threads: 1 },
    providers: { anthropic: { baseUrl: `${origin}/v1`, apiKey: 'k', models: { c: 'c' } } },
  });
  const asked = JSON.stringify({ model: 'c', messages: [{ role: 'user', content: 'hi' }], stream: true });
  let plain = 0;
  for (const shape of answerShapes(BYTES)) {
    if (!shape.name.startsWith('an answer of messages')) continue;
    answer(shape);
    const ask = (): Promise<Held> => heldBy(switchyard, '/v1/chat/completions', asked);
    let once = await ask();
    if (plain === 0) plain = Math.min((await ask()).held, (once = await ask()).held);
    const isTooLong = ({ held }: Held): boolean => held > 5 * plain + 10;
    for (let more = 0; more < 4 && isTooLong(once); more++) once = await ask();
    t.ok([200, 502].includes(once.status), `${shape.name}: ${once.status}`);
    t.notOk(isTooLong(once), `${shape.name}: ${once.held.toFixed(0)} ms; a plain one ${plain.toFixed(0)}`);
  }
});

t.test('an answer of whatever shape is read while others are answered', { timeout: 300_000 }, async (t) => {
  const { origin, answer, close } = await startShaping();
  t.teardown(close);
  const baseUrl = `${origin}/v1`;
  const switchyard = await startSwitchyard(t, {
    breaker: { failures: 10_000, minimum: 10_000 },
    retry: { attempts: 1 },
    providers: {
      lab: {
        use: 'openai-compatible',
        baseUrl,
        models: { m: 'm' },
        surfaces: ['*', 'responses', 'embeddings'],
      },
      ollama: { baseUrl, models: { o: 'o' } },
      gemini: { baseUrl, apiKey: 'k', models: { g: 'g' } },
      anthropic: { baseUrl, apiKey: 'k', models: { c: 'c' } },
    },
  });
  let plain = 0;
  const isTooLong = ({ held, worked }: Held): boolean => isHeld({ held, took: worked }, plain);
  for (const shape of answerShapes(BYTES)) {
    answer(shape);
    const ask = (): Promise<Held> => heldBy(switchyard, shape.path, JSON.stringify(shape.asked));
    let once = await ask();
    if (plain === 0) plain = Math.min((await ask()).held, (once = await ask()).held);
    // On a busy machine another process may have had the processor meanwhile.
    for (let more = 0; more < 4 && isTooLong(once); more++) once = await ask();
    const { status, held, worked, bytes, text } = once;
    if (shape.name.includes('error:')) t.match([status, text], [502, /with an error: no/], shape.name);
    else t.strictSame([status, bytes], [200, shape.body.length], `${shape.name}: byte for byte`);
    const inAll = `${held.toFixed(0)} ms of ${worked.toFixed(0)} in one piece; a plain one ${plain.toFixed(0)}`;
    t.notOk(isTooLong(once), `${shape.name}: ${inAll}`);
  }
});
