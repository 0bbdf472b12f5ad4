import type { Call, Dialect, Rules } from '../../../../../core/contracts/index.ts';
import { promptAsMember } from '../../../../../kits/dialect-kit/prompt-before.ts';
import { applyRules } from '../../../../../wire/body/apply-rules.ts';
import { membersAt, members, scalarAt } from '../../../../../wire/body/json-members.ts';
import { joined } from '../../../../../wire/body/pieces.ts';
import { rewrite } from '../../../../../wire/body/rewrite.ts';
import { realtimeSocket } from '../dialects.ts';

/** Events by which a client sets the session, and the member with the settings. */
const SETTINGS: Readonly<Record<string, string>> = {
  'session.update': 'session',
  'response.create': 'response',
};
const CREATED = 'session.created';
const prompt = promptAsMember('instructions');

/**
 * Applies the operator's rules to a session: each setting by the client is changed, and a session without any gets a message
 * by the gateway.
 */
export class SessionRules {
  readonly #all: readonly Rules[];
  readonly #tell: (changes: readonly string[]) => void;
  /** The rules hold for the session: from now on, only members that the client sets are changed. */
  #isSet = false;
  /** A transcription session, which has no prompt. */
  #isTranscription = false;

  /** @param all the model's rules, then the provider's. @param tell called with the changes */
  constructor(all: readonly Rules[], tell: (changes: readonly string[]) => void) {
    this.#all = all;
    this.#tell = tell;
  }

  /** @returns the gateway's own message, where this one of the upstream's begins a session that the client has not set */
  begun(message: Buffer): Buffer | undefined {
    if (this.#isSet || !message.includes(CREATED)) return undefined;
    const { spans } = members(message, ['type', 'session']) ?? {};
    if (scalarAt(message, spans?.get('type')) !== CREATED) return undefined;
    const session = spans?.get('session');
    const found = session && membersAt(message, session.start, ['type'])?.spans.get('type');
    const type = scalarAt(message, found);
    this.#isTranscription = type === 'transcription';
    const nothing = Buffer.from(JSON.stringify(typeof type === 'string' ? { type } : {}));
    const set = this.#ruled(nothing, this.#all);
    this.#isSet = true;
    if (set === nothing) return undefined;
    return Buffer.concat([Buffer.from('{"type":"session.update","session":'), set, Buffer.from('}')]);
  }

  /** A message of the client with the rules applied to its settings; every other byte stays. */
  applied(message: Buffer): Buffer {
    const type = Object.keys(SETTINGS).find((name) => message.includes(name));
    const where = SETTINGS[type ?? ''];
    if (where === undefined) return message;
    const { spans } = members(message, ['type', where]) ?? {};
    const span = spans?.get(where);
    if (!span || scalarAt(message, spans?.get('type')) !== type || message[span.start] !== 0x7b)
      return message;
    const settings = message.subarray(span.start, span.end);
    const rules =
      this.#isSet || where === 'response' ? this.#all.map((one) => only(one, settings)) : this.#all;
    if (where === 'session') this.#isSet = true;
    const ruled = this.#ruled(settings, rules);
    if (ruled === settings) return message;
    return Buffer.concat([message.subarray(0, span.start), ruled, message.subarray(span.end)]);
  }

  #ruled(raw: Buffer, rules: readonly Rules[]): Buffer {
    const promptBefore: NonNullable<Dialect['promptBefore']> = (call, text) =>
      this.#isTranscription ? undefined : prompt(call, text);
    const { call, told } = applyRules(callOf(raw), { ...realtimeSocket, promptBefore }, rules);
    if (told.length === 0) return raw;
    this.#tell(told);
    const written = rewrite(call, { model: '*' });
    return Buffer.isBuffer(written) ? written : joined(written);
  }
}

/** The rules for members that a later message sets again. */
function only({ set = {}, strip = [], system }: Rules, settings: Buffer): Rules {
  const { spans } = members(settings, [...Object.keys(set), 'instructions']) ?? {};
  const named = Object.entries(set).filter(([name]) => spans?.has(name));
  return {
    set: Object.fromEntries(named),
    strip,
    ...(system !== undefined && spans?.has('instructions') && { system }),
  };
}

const callOf = (raw: Buffer): Call => ({
  surface: realtimeSocket.surface,
  method: 'GET',
  path: '/realtime',
  headers: {},
  raw,
  model: '',
  stream: true,
  choices: 1,
  format: 'json',
  forwardAuthorization: false,
});
