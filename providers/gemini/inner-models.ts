import type { Call, Provider, Target } from '../../kits/provider-kit/index.ts';
import { GatewayError } from '../../core/errors.ts';
import { members, membersAt, membersOf, skipSpace } from '../../wire/body/json-members.ts';
import { joined } from '../../wire/body/pieces.ts';
import { spliced } from '../../wire/body/splice-json.ts';

const OUTER = ['model', 'requests', 'generateContentRequest'];
const MODEL = ['model'];
const [COMMA, OPEN_LIST] = [0x2c, 0x5b];
/** Most requests in one: Google takes a hundred, and each costs time. */
const MOST = 5_000;

/**
 * A provider whose requests name their model inside as well as in the path, as those of embeddings do: where the path has
 * the provider's own name of it, so have they. Every other byte stays as it was written.
 */
export const withInnerModels = (provider: Provider): Provider => ({
  ...provider,
  request: (call, target) => provider.request(renamed(call, target), target),
});

function renamed(call: Call, { model }: Target): Call {
  if (model === '*' || model === call.model || !call.surface.startsWith('gemini-')) return call;
  const spans = membersOf(call, OUTER)?.spans;
  const name = `models/${model}`;
  const set: Record<string, unknown> = { ...call.set };
  for (const [member, { start, end }] of spans ?? []) {
    const value = call.raw.subarray(start, end);
    set[member] =
      member === 'model' ? name : value[0] === OPEN_LIST ? eachNamed(value, name) : named(value, name);
  }
  return spans?.size ? { ...call, set } : call;
}

/** An object with that name, where it has one. */
function named(json: Buffer, model: string): Buffer {
  const found = members(json, MODEL);
  return found?.spans.has('model') ? joined(spliced(json, { model }, found)) : json;
}

/** The same for each object of a list. @throws GatewayError `invalid_request` */
function eachNamed(list: Buffer, model: string): Buffer {
  const pieces: Buffer[] = [];
  const name = Buffer.from(JSON.stringify(model));
  let copied = 0;
  let at = skipSpace(list, 1);
  for (let count = 1; ; count += 1) {
    const found = membersAt(list, at, MODEL);
    if (!found) break;
    if (count > MOST) throw tooMany();
    const span = found.spans.get('model');
    if (span) {
      pieces.push(list.subarray(copied, span.start), name);
      copied = span.end;
    }
    const next = skipSpace(list, found.end);
    if (list[next] !== COMMA) break;
    at = skipSpace(list, next + 1);
  }
  return Buffer.concat([...pieces, list.subarray(copied)]);
}

const tooMany = (): GatewayError =>
  new GatewayError('invalid_request', `'requests' holds more than ${MOST} of them; send fewer at once`, {
    param: 'requests',
  });
