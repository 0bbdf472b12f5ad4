import { createHash } from 'node:crypto';
import type { Caller, Host, ListedModel, Target } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import {
  checkModel,
  contextWindow,
  hasSurface,
  mergeDescriptions,
  namesFor,
  translationFor,
} from '../../../kits/surface-kit/index.ts';
import { ollamaChat } from './dialect/dialects.ts';
import { capabilitiesOf } from './capabilities.ts';

const CHAT = ollamaChat.surface;

/** Models as `/api/tags` and `/api/show` describe them. Unknown members of other servers' models are empty. */
export class OllamaModels {
  readonly #gateway: Host['gateway'];
  readonly #since: string;

  constructor({ gateway, date }: Host) {
    this.#gateway = gateway;
    this.#since = new Date(date()).toISOString();
  }

  list(pin: string | undefined, caller: Caller | undefined): object[] {
    return [...namesFor(caller, this.#gateway.models, pin)].map(([name, owner]) => {
      const said = this.#said(this.#gateway.models.having(name, pin));
      return {
        name,
        model: name,
        modified_at: this.#modified(said),
        size: 0,
        digest: digestOf(name),
        details: detailsOf(owner, said),
        capabilities: this.#capabilities(name, said, pin),
      };
    });
  }

  /** @throws GatewayError `model_not_found`, `model_not_allowed` */
  show(name: string, pin: string | undefined, caller: Caller | undefined): object {
    checkModel(caller, name);
    const { models } = this.#gateway;
    const targets = models.having(name, pin);
    const owner = models.names(pin).get(name) ?? targets[0]?.provider.name;
    if (owner === undefined)
      throw new GatewayError(
        'model_not_found',
        `model '${name}' not found; GET /api/tags lists those that exist`,
        {
          param: 'model',
        },
      );
    const said = this.#said(targets);
    const window = contextWindow(said);
    return {
      modelfile: '',
      parameters: '',
      template: '',
      details: detailsOf(owner, said),
      model_info: {
        'general.architecture': owner,
        'general.basename': name,
        ...(window !== undefined && { [`${owner}.context_length`]: window }),
      },
      capabilities: this.#capabilities(name, said, pin),
      modified_at: this.#modified(said),
    };
  }

  #said(targets: readonly Target[]): ListedModel {
    const { upstreams } = this.#gateway;
    const said = targets.map(({ provider, model }) => upstreams.get(provider.name)?.details?.get(model));
    return mergeDescriptions(said.filter((one) => one !== undefined));
  }

  #capabilities(name: string, said: ListedModel, pin: string | undefined): string[] {
    const { formats, models } = this.#gateway;
    const chats = models
      .having(name, pin)
      .some((target) => hasSurface(target, CHAT, formats) || translationFor(target, CHAT, formats));
    return capabilitiesOf(name, said, chats);
  }

  #modified({ created }: ListedModel): string {
    return typeof created === 'number' && created > 0 ? new Date(created * 1000).toISOString() : this.#since;
  }
}

const detailsOf = (owner: string, said: ListedModel): object => {
  const window = contextWindow(said);
  return {
    parent_model: '',
    format: '',
    family: owner,
    families: [owner],
    parameter_size: '',
    quantization_level: '',
    ...(window !== undefined && { context_length: window }),
  };
};

/** Clients print its beginning and take it for the model's identity. */
const digestOf = (name: string): string => createHash('sha256').update(name).digest('hex');
