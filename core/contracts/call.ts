import type { IncomingHttpHeaders } from 'node:http';
import type { StreamEncoder } from './framing.ts';

/** A caller's request as it came: a provider makes its own request from it. */
export interface Call {
  /** the API it belongs to: 'chat', 'completions', 'embeddings', 'responses', 'images', … */
  readonly surface: string;
  readonly method: string;
  /** below the base URL, query included: '/chat/completions' */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** the body's own bytes; never changed */
  readonly raw: Buffer;
  /** positions of the members of a long JSON body that the gateway reads; absent: the body was not indexed */
  readonly members?: Members | undefined;
  /** positions of the fields of a long form, likewise */
  readonly fields?: ReadonlyMap<string, Place> | undefined;
  /** The model, and whether it streams, stand in the path and not in the body: the path for others of them. */
  readonly pathOf?: PathOf | undefined;
  /** The path is another than its API's own ('/responses/compact'): only a provider that has the API can answer. */
  readonly isUntranslatable?: boolean;
  /** The path is below the server's root, not its base URL: '/tokenize' */
  readonly isAtRoot?: boolean;
  /** The model's name as asked for; '' where the request names none. */
  readonly model: string;
  /** the caller wants its answer as a stream of events */
  readonly stream: boolean;
  /** how those are written, where the API has several ways; absent: as the framing of its dialect says */
  readonly encoder?: StreamEncoder;
  /** how many answers were asked for (`n`) */
  readonly choices: number;
  /** when it came, since 1970; absent: its API does not say how long an answer took */
  readonly receivedEpochMs?: number;
  /** how the body can be edited: 'json' by splicing members, 'multipart' by replacing a form field */
  readonly format: 'json' | 'multipart' | 'opaque';
  /** members of the body to be set when it is sent, or fields of a form; a buffer is JSON already; absent: none */
  readonly set?: Readonly<Record<string, unknown>> | undefined;
  /** members that were put into others before it is asked, and that its answer repeats; absent: none */
  readonly echo?: Readonly<Record<string, unknown>>;
  /** members of a JSON body to be removed when it is sent; absent: none */
  readonly strip?: readonly string[];
  /** The caller's own `Authorization` may go on to a provider that has no key of its own. */
  readonly forwardAuthorization: boolean;
}

/** The path of an API that has the model in it. The model is the upstream's own name, which may hold any character. */
export type PathOf = (asked: { readonly model: string; readonly stream: boolean }) => string;

export interface UpstreamRequest {
  /** scheme, host and port: 'https://api.example.com' */
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Record<string, string | string[]>;
  /** in pieces where joining a long body would block other requests */
  readonly body: Buffer | Pieces | undefined;
  /**
   * Headers that take time to be known, as a signature or a token that is renewed: asked for when it is sent. The
   * attempt's `connect` timeout includes it; a rejection counts as no connection.
   */
  readonly authorize?: () => Promise<Readonly<Record<string, string>>>;
  /** which of the provider's own keys it is sent with */
  readonly key?: Key;
  /** It is sent with the caller's own key: a refusal of that key applies to no other caller. */
  readonly callersKey?: boolean;
}

/** One of a provider's keys; the key itself is in the request only. */
export interface Key {
  /** from 1, in the order of the config */
  readonly nth: number;
}

/** The bytes of a body, in order. */
export type Pieces = readonly Buffer[];

/** The position of a member's value in a body. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** how many values a list or a map holds; 1 where it holds none, or is neither */
  readonly items: number;
}

/** The positions of the wanted members of a JSON object; the rest is not parsed. */
export interface Members {
  /** the names that were searched for */
  readonly names: readonly string[];
  readonly spans: ReadonlyMap<string, Span>;
  /** just after the opening brace: where a member can be put in */
  readonly inside: number;
  readonly empty: boolean;
  /** just after its closing brace */
  readonly end: number;
  /** how many values it holds in all, as far as a walk can tell */
  readonly values: number;
}

/** The position of the value of a form's field in a body. */
export interface Place {
  readonly start: number;
  readonly end: number;
}
