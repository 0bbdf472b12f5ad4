/** Wire formats: how the answers of an API are read, and how one API is translated to another. */
import type { Call, Members, PathOf } from './call.ts';
import type { Framing, SseEvent } from './framing.ts';
import type { Quirks } from './provider.ts';

/** How the answers of one API are read: what is content, what proves an end, how an error looks in a stream. */
export interface Dialect {
  readonly surface: string;
  /** Only a provider whose `surfaces` name it has it: '*' means what servers of many vendors have. */
  readonly mustBeDeclared?: boolean;
  /** What a chat has in it that carries thoughts signed by models of this API: the `format` of `reasoning_details`. */
  readonly signature?: string;
  /** How its streams are bytes; absent: server-sent events. */
  readonly framing?: Framing;
  /** A reader for one answer; it has memory. */
  readonly reader: (call: Call) => Reader;
  /** Whether a JSON answer surely carries something and is no error, judged by its bytes alone; false: `judge` it. */
  readonly plain?: (answer: Buffer) => boolean;
  /** Whether a JSON answer has content, or a reason for having none. */
  readonly judge: (answer: unknown) => Verdict;
  /** The caller named stop sequences, and the first token may be one; absent: the API has none. */
  readonly stopsEarly?: (call: Call) => boolean;
  /**
   * It is known what proves an end, and only JSON and event streams can be right. Where it is not, any content type
   * may be, and a body that ends in good form is whole.
   */
  readonly strict: boolean;
  /** What is sent where an answer was whole but its closing event was not; absent: it has none. */
  readonly closing?: SseEvent;
  /** The event by which a translation ends an answer, where the API has no closing event. */
  readonly end?: SseEvent;
  /** An error event in this API's own protocol. @param status that it has, or would have as a whole answer */
  readonly failure: (said: ErrorBody, status: number) => SseEvent;
  /** An error as a whole JSON body in this API's own shape; absent: as OpenAI writes it. */
  readonly errorBody?: (said: ErrorBody, status: number, id: string) => object;
  /** The header that its clients read a request's id from, beside `x-request-id`. */
  readonly idHeader?: string;
  /** A heartbeat in a stream; absent: a comment, where its framing has any. */
  readonly ping?: SseEvent;
  /** Makes a whole answer of a stream, for a caller that did not ask for one; undefined: not possible. */
  readonly fold?: () => Fold;
  /** Makes the events of a stream of a whole answer, for a caller that asked for a stream. */
  readonly unfold?: (answer: unknown, call: Call) => SseEvent[];
  /** members of the request that bound the answer's length, the one to add first */
  readonly tokenLimits: readonly string[];
  /** members to set so that a stream that will be folded loses nothing (`stream_options`) */
  readonly foldWith: Readonly<Record<string, unknown>>;
  /** What the name of each count of tokens ends with in its answers, as bytes; absent: `_tokens"`. */
  readonly counts?: string;
  /** Each count in an answer is for a part of it: they are added up. */
  readonly addsUpUsage?: boolean;
  /** Its streams count tokens where `stream_options` asks for it. */
  readonly countsStreams?: boolean;
  /** Makes answers of a provider with quirks into this API's own; undefined: no quirks are known for this API. */
  readonly normaliser?: (quirks: Quirks, call: Call) => Normaliser;
  /** Members to set so that this system prompt stands before the caller's; undefined, or absent: there is no place for one. */
  readonly promptBefore?: (call: Call, text: string) => Readonly<Record<string, unknown>> | undefined;
  /** Members to set for a provider that takes content only as a string (`messages`). */
  readonly flatContent?: (call: Call) => Readonly<Record<string, unknown>>;
  /**
   * The texts of an event, or of a whole answer; undefined: the event says nothing. Absent: its answers have no texts.
   * @param isEvent of a stream
   */
  readonly texts?: (said: object, isEvent: boolean) => readonly TextPlace[] | undefined;
  /** The message of a JSON refusal that does not have this API's shape; undefined: it has it. */
  readonly foreignRefusal?: (body: unknown) => string | undefined;
}

/** Where a text of an answer stands. */
export interface TextPlace {
  readonly owner: Record<string, unknown>;
  readonly name: string;
  /** In a stream, pieces of one text follow each other in one channel; absent: it is whole. */
  readonly channel?: string;
  /** It is JSON, such as a tool call's arguments. */
  readonly isJson?: boolean;
  /** No further piece of its channel follows. */
  readonly isLast?: boolean;
}

/** Makes one answer of a provider with quirks into the API's own; it has memory. */
export interface Normaliser {
  /** @returns what is to be read in the place of this event; none while something is held back */
  event(event: SseEvent): SseEvent[];
  /** The stream has ended. @returns what was held back */
  end(): SseEvent[];
  /** @returns what is to be read in the place of a whole answer */
  answer(answer: unknown): unknown;
}

export type Verdict =
  | { readonly kind: 'content' }
  /** `ended`: it stopped by itself, which is right for a caller that named a stop sequence */
  | { readonly kind: 'empty'; readonly ended?: boolean }
  | { readonly kind: 'error'; readonly message: string };

/** Reads one streamed answer. */
export interface Reader {
  /** True when no ending and no error can be in these whole events. @param events as Latin-1, one character a byte */
  quiet(events: string): boolean;
  /** The meaning of one event; to be called for each event that is not quiet, in order. */
  read(event: SseEvent): EventMeaning;
  /** tokens of what has come so far, estimated */
  readonly tokens?: number;
  /** Every choice has its finish reason: a missing closing event is no cut. */
  readonly finished: boolean;
  /** No choice has a finish reason: an interrupted server may write a closing event, too. */
  readonly unreasoned?: boolean;
  /** An end without content is explained: by its reason, by tokens that were counted, by a stop sequence of the caller's. */
  readonly explained: boolean;
  /**
   * How a stream that has begun ends with an error, where its events say more of it than the dialect's `failure`.
   * @param told the upstream's own error event has passed
   */
  fail?(said: ErrorBody, status: number, told: boolean): SseEvent[];
}

export interface EventMeaning {
  readonly content: boolean;
  /** It counts tokens: its data for a caller that did not ask for that, '' where nothing is left. Absent: it passes as it is. */
  readonly uncounted?: string;
  /** the closing event */
  readonly terminal: boolean;
  /** the text of an error in the stream */
  readonly error?: string;
  /** that error has this API's own form: it can be passed on as it came */
  readonly native?: boolean;
}

export interface Fold {
  add(event: SseEvent): void;
  /** @returns the whole answer, as JSON to be written */
  result(): unknown;
}

/** Lets a provider that only has one API answer callers of another. */
export interface Translation {
  /** its name in headers and traces: 'completions-to-chat' */
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Only for models with such names at their provider; absent: for all. */
  readonly models?: (name: string) => boolean;
  /** path of the other API; a function where the model stands in it, and not in the body */
  readonly path: string | PathOf;
  /**
   * @param dropped takes the names of members that are left out, as the answer is right without them
   * @param goesOn another translation follows: what the other API has only as an extension stays, as `cache_control` of
   * a part and signed thought do in a chat
   * @throws GatewayError when the other API cannot express the request
   */
  readonly request: (
    body: Record<string, unknown>,
    dropped?: string[],
    goesOn?: boolean,
  ) => Record<string, unknown>;
  /** The caller's API counts the tokens of each stream, asked or not. */
  readonly countsStreams?: boolean;
  /** Members of the request that its answers are written from, as a call of a tool is from `tools`; absent: none. */
  readonly remembers?: readonly string[] | 'all';
  /** Those that it is made of, the caller's first: there is none that is made for this pair. */
  readonly steps?: readonly [first: Translation, second: Translation];
  /** The second of two steps in its place: it reads no words that only callers write. Absent: itself. */
  readonly inside?: Translation;
  /** Loads the code of the functions, before they are used. Undefined: it is there. */
  readonly load?: () => Promise<unknown> | undefined;
  /** @param asked the caller's request, at least the members that it remembers */
  readonly answer: (body: unknown, asked?: Call) => unknown;
  /** A translator for one stream. @param asked likewise, and `stream_options` */
  readonly events: (asked?: Call) => EventTranslator;
}

/** Translates the events of one stream, in order; it has memory. */
export interface EventTranslator {
  (event: SseEvent): SseEvent[];
  /** How a stream that has begun ends with an error, where that says more than the dialect's `failure`. */
  readonly fail?: (said: ErrorBody, status: number) => SseEvent[];
}

export interface Formats {
  readonly dialects: ReadonlyMap<string, Dialect>;
  readonly translations: readonly Translation[];
  /** the same by their names */
  readonly named: ReadonlyMap<string, Translation>;
  /** converts long bodies off the event loop; undefined: they are converted on it */
  readonly offload?: Offload | undefined;
}

/** The gateway's own, which surfaces and the worker pool add to. */
export interface OpenFormats extends Formats {
  /** URLs of modules that export `dialects` and `translations`, for worker threads */
  readonly modules: readonly string[];
  add(dialects: readonly Dialect[], translations: readonly Translation[], module: string): void;
  /** Long bodies are converted by these from now on; undefined: on the event loop again. */
  convertBy(offload: Offload | undefined): void;
}

export interface Offload {
  /** bodies of at least this many bytes are converted in a worker */
  readonly from: number;
  readonly request: (job: RequestJob) => Promise<ConvertedRequest>;
  readonly answer: (job: AnswerJob) => Promise<Converted | undefined>;
}

/** A request's JSON body, to be converted to what the target takes. */
export interface RequestJob {
  readonly raw: Uint8Array;
  /** the API that it is in */
  readonly surface: string;
  /** name of the translation it needs; undefined: none */
  readonly translation: string | undefined;
  /** What becomes of what the other API cannot express. 'members': it is left out, but for what is said in the conversation. */
  readonly drops: 'drop' | 'members' | 'refuse';
  /** Members for the translation to find in the body: the upstream's name of the model, and what stands in the path. */
  readonly said: Readonly<Record<string, unknown>>;
  /** lists of text parts become one string each */
  readonly flat: boolean;
  /** members of it that will be searched for */
  readonly names: readonly string[];
}

/** A request's body as a target takes it. */
export interface ConvertedRequest {
  readonly raw: Buffer;
  readonly members?: Members | undefined;
  /** members that the target is not told of */
  readonly dropped?: readonly string[] | undefined;
}

/** An answer's JSON body, to be judged and made into what the caller expects. */
export interface AnswerJob {
  readonly body: Uint8Array;
  /** the API that it is in */
  readonly surface: string;
  /** the provider's quirks; undefined: it has none */
  readonly quirks: Quirks | undefined;
  /** the name that was asked for */
  readonly model: string;
  /** The caller wants a stream: the name of its encoder; undefined: it wants none. */
  readonly unfold: string | undefined;
  /** when its request came, as a call has it */
  readonly receivedEpochMs: number | undefined;
  /** of its request, as JSON: the stream options, and what the translation remembers */
  readonly asked: Uint8Array;
  readonly translation: string | undefined;
}

export interface Converted {
  readonly verdict: Verdict;
  readonly body: Buffer;
  readonly contentType: string;
}

/** An error as the OpenAI API writes it. */
export interface ErrorBody {
  readonly error: Record<string, unknown>;
}
