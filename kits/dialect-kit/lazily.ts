import type { Translation } from '../../core/contracts/index.ts';

/** The code of a translation; its facts are known without it. */
export type Translator = Pick<Translation, 'request' | 'answer' | 'events'>;

type Facts = Omit<Translation, keyof Translator | 'load'>;

/** A translation whose code is loaded for the first request that needs it: most gateways use few of all there are. */
export function lazily(facts: Facts, load: () => Promise<Translator>): Translation {
  let code: Translator | undefined;
  let loading: Promise<void> | undefined;
  const loaded = (): Translator => {
    if (code) return code;
    throw new Error(`${facts.name} is used before it is loaded`);
  };
  const take = async (): Promise<void> => {
    try {
      code = await load();
    } finally {
      // A failed load is tried again.
      loading = undefined;
    }
  };
  return {
    ...facts,
    load: () => (code ? undefined : (loading ??= take())),
    request: (body, dropped, goesOn) => loaded().request(body, dropped, goesOn),
    answer: (body, asked) => loaded().answer(body, asked),
    events: (asked) => loaded().events(asked),
  };
}
