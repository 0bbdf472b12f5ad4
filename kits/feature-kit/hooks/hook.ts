import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../../../core/errors.ts';

/** Looks at requests before they are routed, may change or refuse them, and may rewrite the texts of their answers. */
export interface Hook {
  readonly name: string;
  /** names of hooks that see a request before it */
  readonly after?: readonly string[];
  /** Whether a request, or an answer, passes or is refused when the hook fails. */
  readonly onFailure: 'pass' | 'refuse';
  /** ms that `request` may take; absent: 5,000 */
  readonly withinMs?: number;
  /** @throws `refusal(reason)` to refuse the request; anything else is a failure */
  readonly request: (asked: HookRequest) => HookChanges | undefined | Promise<HookChanges | undefined>;
}

/** A request, as the hooks before have left it. */
export interface HookRequest {
  /** the API that its caller speaks: 'chat', 'messages', … */
  readonly surface: string;
  readonly model: string;
  readonly stream: boolean;
  /** the name of its key */
  readonly key: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** The body is JSON. */
  readonly isJson: boolean;
  /** its bytes, which must not be changed */
  readonly body: Buffer;
  /** ends when the caller leaves, or the hook's time is over */
  readonly signal: AbortSignal;
}

/** Changes by a hook; absent members stay. */
export interface HookChanges {
  /** another body of the same format */
  readonly body?: Buffer;
  readonly model?: string;
  /** Rewrites the texts of the answer. */
  readonly rewrite?: Rewrite;
}

/**
 * Is given a text of an answer, in a stream piece by piece.
 * @throws `refusal(reason)` to end the answer
 */
export type Rewrite = (text: string, place: RewritePlace) => Rewritten;

export interface RewritePlace {
  /** Nothing follows: `held` must be 0. */
  readonly isEnd: boolean;
  /** It is JSON text, such as a tool call's arguments: inserted text must be escaped. */
  readonly isJson: boolean;
}

export interface Rewritten {
  /** replaces the part that is not held */
  readonly text: string;
  /** how many characters at its end are to be seen again with what follows; absent: 0 */
  readonly held?: number;
}

/** The error by which a hook refuses a request, or ends an answer. The client gets the reason. */
export const refusal = (reason: string): Error => new GatewayError('hook_refused', reason);
