import type { FeaturePlugin, Host } from '../core/contracts.ts';
import type { Berth } from '../core/berth.ts';
import { ask, OtherAnswer } from '../core/ask.ts';

const options = {
  type: 'object',
  additionalProperties: false,
  description: 'Asks providers without a model map which models they have.',
  properties: {
    every: { format: 'duration', default: '10m', description: 'Between two looks.' },
    within: { format: 'duration', default: '5s', description: 'How long one look may take.' },
  },
} as const;

interface Options {
  readonly every: number;
  readonly within: number;
}

/** Free and in the background: who cannot say is asked again, and any name is passed on to it until then. */
export default {
  name: 'model-lists',
  options,
  create({ every, within }, { app, yard, log, now }) {
    const look = (): void => {
      for (const berth of yard.berths.values()) {
        if (berth.provider.modelsPath !== undefined) void list(berth, within, { yard, log, now });
      }
    };
    const timer = setInterval(look, every);
    timer.unref();
    app.addHook('onReady', async () => look());
    return { close: () => clearInterval(timer) };
  },
} satisfies FeaturePlugin<Options>;

async function list(
  berth: Berth,
  within: number,
  { yard, log, now }: Pick<Host, 'yard' | 'log' | 'now'>,
): Promise<void> {
  const { name, modelsPath } = berth.provider;
  try {
    const answer = (await ask(yard.transport, berth.target('*'), modelsPath as string, within)) as {
      data?: unknown;
    };
    if (!Array.isArray(answer.data)) throw new OtherAnswer(200, "its answer has no list 'data'");
    berth.listed = new Set(
      answer.data.map(({ id }: { id?: unknown }) => id).filter((id) => typeof id === 'string'),
    );
    berth.look = { at: now() };
    yard.forget();
    log.debug(`${name} has ${berth.listed.size} models`);
  } catch (error) {
    learn(berth, error as Error, now());
    log.debug(
      `${name} does not say which models it has (${(error as Error).message}); any name is passed on to it`,
    );
  }
}

/** Who answers is there, though it lists nothing; a no to the key says neither. A program's own probe knows better. */
function learn(berth: Berth, error: Error, at: number): void {
  const status = error instanceof OtherAnswer ? error.status : 500;
  if (berth.process || status === 401 || status === 403) return;
  berth.look = { at, ...(status >= 500 && { problem: error.message }) };
}
