import type { Gateway, Upstream } from '../../../../core/contracts/index.ts';
import { errorIn } from '../../../../kits/dialect-kit/error-text.ts';
import {
  type Answer,
  get,
  lacksPath,
  mayPass,
  modelList,
  refusesKey,
  shortChat,
} from '../../../../kits/feature-kit/index.ts';
import { connectionError } from '../../../../kits/surface-kit/index.ts';
import type { Trial } from '../answers/entries.ts';

type Check = Trial['checks'][number];

/** ms for one request */
const WITHIN = 10_000;

/** Tests a provider that takes no requests yet: each check, and a remedy for what failed. */
export async function trialOf(upstream: Upstream, gateway: Gateway, model?: string): Promise<Trial> {
  const { provider } = upstream;
  const trial = new ProviderTrial(upstream, gateway);
  const models = await trial.list();
  if (model !== undefined && trial.isReached) await trial.chat(model);
  const checks = trial.checks;
  return { provider: provider.name, ok: checks.every(({ ok }) => ok !== false), checks, models };
}

class ProviderTrial {
  readonly checks: Check[] = [];
  readonly #upstream: Upstream;
  readonly #gateway: Gateway;

  constructor(upstream: Upstream, gateway: Gateway) {
    this.#upstream = upstream;
    this.#gateway = gateway;
  }

  get isReached(): boolean {
    return this.checks.every(({ check, ok }) => ok !== false || (check !== 'address' && check !== 'entry'));
  }

  /** The address, each key and the models, at no cost. @returns the names that it lists */
  async list(): Promise<string[]> {
    const { provider, lacks } = this.#upstream;
    const path = provider.modelsPath ?? provider.checkPath;
    if (provider.process) this.#add('address', null, 'it is a program: it can be tested once it runs');
    else if (lacks.length > 0) this.#add('entry', false, lacks.join('; '));
    else if (path === undefined)
      this.#add('address', null, 'nothing of it is free to ask: name a model, for a short chat with it');
    else return this.#listed(path);
    return [];
  }

  async chat(model: string): Promise<void> {
    const target = this.#upstream.knows(model) ?? this.#upstream.target(model);
    const answer = await this.#asked(shortChat(this.#gateway, target, WITHIN));
    if (!answer) return;
    const { status } = answer;
    if (status >= 200 && status < 300) this.#add('chat', true, `'${model}' answered`);
    else
      this.#add('chat', false, `'${model}': it answered ${this.#said(answer)}`, {
        ...(refusesKey(status) && { remedy: KEY }),
        ...(lacksPath(status) && { remedy: 'see the models that it lists, or its baseUrl' }),
      });
  }

  async #listed(path: string): Promise<string[]> {
    const { provider } = this.#upstream;
    const keys = provider.keys?.size ?? 0;
    let names: string[] = [];
    for (let nth = 1; nth <= Math.max(keys, 1); nth++) {
      const request = get(this.#gateway.transport, this.#upstream.target('*'), path, WITHIN);
      const answer = await this.#asked(request);
      if (!answer) return [];
      if (nth === 1) this.#add('address', true, `${provider.origin} answers`);
      this.#key(answer, keys > 1 ? `key ${nth}` : 'the key', keys > 0);
      if (answer.status === 200) names = this.#names(answer, path);
      else if (!refusesKey(answer.status)) this.#noList(answer, path);
    }
    return names;
  }

  #key(answer: Answer, which: string, hasKey: boolean): void {
    if (refusesKey(answer.status))
      this.#add(
        'key',
        false,
        hasKey
          ? `it refused ${which}: ${this.#said(answer)}`
          : `it asks for a key, and none is given: ${this.#said(answer)}`,
        { remedy: KEY },
      );
    else if (answer.status === 200 && hasKey) this.#add('key', true, `${which} was not refused`);
  }

  #names({ body }: Answer, path: string): string[] {
    try {
      const names = [...modelList(JSON.parse(body.toString())).keys()];
      this.#once(
        'models',
        true,
        names.length === 0 ? 'its list of models is empty' : `${names.length} models`,
      );
      return names;
    } catch {
      const isPage = /^\s*</.test(body.toString('utf8', 0, 100));
      const what = isPage ? 'a web page' : 'something else';
      this.#once('models', false, `GET ${path} answered with ${what}, not with a list of models`, {
        remedy: URL_REMEDY,
      });
      return [];
    }
  }

  #noList(answer: Answer, path: string): void {
    const detail = `GET ${path} answered ${this.#said(answer)}`;
    const isFatal = mayPass(answer.status);
    const isMapped = this.#upstream.provider.models !== undefined;
    this.#once('models', isMapped && !isFatal ? null : false, detail, {
      remedy: isFatal
        ? 'it has a problem of its own: try again later'
        : `${URL_REMEDY}. If it has no list of models, name them under models`,
    });
  }

  async #asked(answer: Promise<Answer>): Promise<Answer | undefined> {
    const { name, origin = '' } = this.#upstream.provider;
    try {
      return await answer;
    } catch (thrown) {
      const error = thrown as Error;
      const { message } = error.message.startsWith('no answer within')
        ? error
        : connectionError(name, origin, error);
      this.#add('address', false, message, { remedy: 'is it running, and is baseUrl where it listens?' });
      return undefined;
    }
  }

  /** The status and the text of an error; a key that it repeats is not shown. */
  #said({ status, body }: Answer): string {
    const text = textOf(body);
    return text === undefined ? String(status) : `${status}: ${this.#masked(text)}`;
  }

  #masked(text: string): string {
    const { keys } = this.#upstream.provider;
    let masked = text;
    for (let nth = 0; nth < (keys?.size ?? 0); nth++) {
      const key = keys!.next('*').header.replace(/^Bearer /, '');
      masked = masked.replaceAll(key, '***');
    }
    return masked;
  }

  /** Records a check once: several keys get the same list. */
  #once(check: Check['check'], ok: boolean | null, detail: string, more: { remedy?: string } = {}): void {
    if (!this.checks.some((one) => one.check === check)) this.#add(check, ok, detail, more);
  }

  #add(check: Check['check'], ok: boolean | null, detail: string, more: { remedy?: string } = {}): void {
    this.checks.push({ check, ok, detail, ...more });
  }
}

const KEY = 'give it a key that it takes: apiKey';
const URL_REMEDY = 'check baseUrl: it usually ends with its version, such as /v1';

function textOf(body: Buffer): string | undefined {
  try {
    return errorIn(JSON.parse(body.toString()));
  } catch {
    return undefined;
  }
}
