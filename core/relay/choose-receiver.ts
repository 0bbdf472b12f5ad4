import type { Call, Formats } from '../contracts/index.ts';
import { askedFor, convertAnswer } from '../translation/convert-body.ts';
import type { AdaptedCall } from '../translation/adapt-call.ts';
import type { Delivery, Reading, Receiver, StartProgress } from './receiver.ts';
import { errorBody } from '../errors.ts';
import { framed } from '../../wire/framing/encoders.ts';
import { WrittenStream } from '../../wire/framing/written-stream.ts';
import { SSE } from '../../wire/sse/framing.ts';
import { NormalisedStream } from './normalised-stream.ts';
import { OpaqueRelay } from './passthrough.ts';
import { Sniffer, type Choice } from './sniffer.ts';
import { StreamRelay, type Outlet } from './stream.ts';
import { WholeRelay, type Remake } from './buffered.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * The receiver of a 2xx, by what came and what is wanted: bytes pass as they are where the two agree, else an answer is
 * folded from a stream, or a stream unfolded from an answer, and translated where the caller speaks another API. What a
 * provider with quirks sends is made into the API's own before anything else looks at it.
 */
export function receive(progress: StartProgress): Receiver {
  const { asked, reading, delivery, status } = progress;
  const type = String(reading.headers['content-type'] ?? '').toLowerCase();
  const isStream = reading.dialect.framing?.decoder.isStream?.(type, asked.asksStream);
  const announced = isStream ?? type.startsWith('text/event-stream');
  if (!reading.dialect.strict && !announced && !type.includes('json'))
    return new OpaqueRelay(reading, delivery, status);
  const choice = new StreamOrWhole(progress, announced);
  if (isStream !== undefined) return isStream ? choice.stream() : choice.whole();
  return new Sniffer(choice, reading.provider, delivery);
}

/** An object rather than two functions: one is made for each answer. */
class StreamOrWhole implements Choice {
  readonly announced: boolean;
  readonly #progress: StartProgress;

  constructor(progress: StartProgress, announced: boolean) {
    this.#progress = progress;
    this.announced = announced;
  }

  stream(): Receiver {
    const { asked, wanted, reading, delivery } = this.#progress;
    const relay = new StreamRelay(reading, delivery, streamOutlet(asked, wanted, reading, delivery));
    const { normaliser } = asked;
    return normaliser ? new NormalisedStream(normaliser, relay, reading.limits) : relay;
  }

  whole(): Receiver {
    const { asked, wanted, reading, delivery, status, formats } = this.#progress;
    return new WholeRelay(reading, delivery, status, remaker(asked, wanted, reading, delivery, formats));
  }
}

function streamOutlet(
  asked: AdaptedCall,
  wanted: Call,
  { dialect, headers, encoder }: Reading,
  delivery: Delivery,
): Outlet {
  const { translation } = asked;
  if (!wanted.stream && dialect.fold) {
    const fold = dialect.fold();
    return {
      live: false,
      rewrite: (event) => void (event.data !== '' && fold.add(event)),
      finish: () => {
        const answer = fold.result();
        const body = Buffer.from(JSON.stringify(translation ? translation.answer(answer, wanted) : answer));
        delivery.whole(200, requestIds(headers, JSON_TYPE), body);
      },
    };
  }
  const translate = translation?.events(wanted);
  const { encoder: own } = dialect.framing ?? SSE;
  const written = translate || own !== encoder ? new WrittenStream(encoder) : undefined;
  return {
    live: true,
    ...(written && {
      rewrite: (event) =>
        event.data === '' ? undefined : written.write(translate ? translate(event) : [event]),
    }),
    ...(translate?.fail && {
      fail: (error) => written!.end(translate.fail!(errorBody(error), error.statusCode)),
    }),
    finish: (closing) => {
      const ended = closing ?? (translate && dialect.end);
      const last = ended ? (translate?.(ended) ?? [ended]) : [];
      if (written) delivery.write(written.end(last));
      else if (closing) delivery.write(framed(last, encoder));
      delivery.complete();
    },
  };
}

/** How a whole answer must be converted; undefined: its bytes pass as they came. */
function remaker(
  asked: AdaptedCall,
  wanted: Call,
  { encoder }: Reading,
  delivery: Delivery,
  formats: Formats,
): Remake | undefined {
  const { translation, dialect, normaliser, call, quirks } = asked;
  const unfolds = wanted.stream && dialect.unfold !== undefined;
  if (!unfolds && !translation && !normaliser) return undefined;
  const job = {
    surface: dialect.surface,
    quirks: normaliser && quirks,
    model: call.model,
    receivedEpochMs: wanted.receivedEpochMs,
    unfold: unfolds ? encoder.name : undefined,
    asked: askedFor(wanted, translation, unfolds),
    translation: translation?.name,
  };
  const { offload } = formats;
  return (body) => {
    // The converted answer has token counts only for callers that asked for them.
    if (quirks.usage !== 'invented') delivery.countUsage(body);
    return offload && body.length >= offload.from
      ? offload.answer({ ...job, body })
      : convertAnswer({ ...job, body }, formats);
  };
}

/** Of an answer that is put together here, only what identifies it upstream is still true. */
function requestIds(headers: Reading['headers'], contentType: string): Record<string, string> {
  const id = headers['x-request-id'];
  return { 'content-type': contentType, ...(typeof id === 'string' ? { 'x-request-id': id } : {}) };
}
