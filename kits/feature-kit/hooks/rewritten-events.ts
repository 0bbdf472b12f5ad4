import type { Dialect, SseEvent, TextPlace } from '../../../core/contracts/index.ts';
import { tryExactJson } from '../../../wire/json.ts';
import type { Channel, Rewriting } from './rewriting.ts';

/** Events, and texts under way, from which on nothing is held any longer. */
const MOST_EVENTS = 32;
const MOST_CHANNELS = 256;

/** An event in its place. It waits for the next pieces of the texts that are held. */
interface Waiting {
  readonly event: SseEvent;
  readonly said: object | undefined;
  isChanged: boolean;
  readonly for: Set<Text>;
}

/** A text under way, and where what is held of it would be put at its end. */
interface Text {
  readonly channel: Channel;
  carrier: { readonly waiting: Waiting; readonly place: TextPlace } | undefined;
}

/** An event as it is to be sent; `event`: it was changed. */
export interface Sent {
  readonly event: SseEvent;
  readonly isChanged: boolean;
}

/**
 * Rewrites the texts in the events of a stream. No event is added or left out: an event whose text is held waits for the
 * next of the same text, and all behind it wait, too.
 */
export class RewrittenEvents {
  readonly #rewriting: Rewriting;
  readonly #texts: NonNullable<Dialect['texts']>;
  readonly #queue: Waiting[] = [];
  readonly #channels = new Map<string, Text>();

  constructor(rewriting: Rewriting, texts: NonNullable<Dialect['texts']>) {
    this.#rewriting = rewriting;
    this.#texts = texts;
  }

  /** @returns what can be sent by now, in order */
  push(event: SseEvent): Sent[] {
    const said = event.data === '' ? undefined : tryExactJson(event.data);
    const isObject = typeof said === 'object' && said !== null;
    const places = isObject ? this.#texts(said, true) : event.data === '' ? undefined : [];
    const waiting: Waiting = { event, said: isObject ? said : undefined, isChanged: false, for: new Set() };
    if (places) {
      // An event with more than the next piece may end a text.
      if (places.length === 0 || places.some(({ channel }) => channel === undefined)) this.#endAll();
      for (const place of places) this.#rewrite(waiting, place);
    }
    this.#queue.push(waiting);
    if (this.#queue.length > MOST_EVENTS || this.#channels.size > MOST_CHANNELS) this.#endAll();
    return this.#ready();
  }

  /** The stream has ended. */
  end(): Sent[] {
    this.#endAll();
    return this.#ready();
  }

  #rewrite(waiting: Waiting, place: TextPlace): void {
    const { owner, name, channel: id, isJson = false, isLast = false } = place;
    const before = owner[name] as string;
    if (id === undefined) return put(waiting, place, this.#rewriting.whole(before, isJson));
    let text = this.#channels.get(id);
    if (!text)
      this.#channels.set(id, (text = { channel: this.#rewriting.channel(isJson), carrier: undefined }));
    text.carrier?.waiting.for.delete(text);
    text.carrier = undefined;
    put(waiting, place, text.channel.push(before, isLast));
    if (isLast) this.#channels.delete(id);
    if (!text.channel.pending) return;
    text.carrier = { waiting, place };
    waiting.for.add(text);
  }

  #endAll(): void {
    for (const text of this.#channels.values()) {
      if (!text.carrier) continue;
      const { waiting, place } = text.carrier;
      const sent = place.owner[place.name] as string;
      put(waiting, place, sent + text.channel.push('', true));
      waiting.for.delete(text);
    }
    this.#channels.clear();
  }

  #ready(): Sent[] {
    const first = this.#queue.findIndex((waiting) => waiting.for.size > 0);
    return this.#queue.splice(0, first === -1 ? this.#queue.length : first).map(sentOf);
  }
}

function put(waiting: Waiting, { owner, name }: TextPlace, text: string): void {
  if (owner[name] === text) return;
  owner[name] = text;
  waiting.isChanged = true;
}

const sentOf = ({ event, said, isChanged }: Waiting): Sent => ({
  event: isChanged ? { ...event, data: JSON.stringify(said) } : event,
  isChanged,
});
