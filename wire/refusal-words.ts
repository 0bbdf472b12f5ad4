/**
 * The subject of a refusal by its words: a key, funds, a text that is too long, or something that the provider lacks (the
 * path, a model, a capability, access, room for the body). Servers write refusals in many shapes, so their words decide. The
 * meaning of each status is in `core/failures/status-meaning.ts`.
 */

/** bytes of a body that are searched */
const LOOKED = 4096;
/** characters of an error's words */
const SAID = 1000;
/** "The model `x` does not exist", "model 'x' not found, try pulling it first", DeploymentNotFound */
const MODEL = /\bmodels?\b|model_not_found|deployment/i;
/** what was asked for by its id: a file, a batch, an earlier answer */
const THING = /no such|\bids?\b|_not_found\b|not found: ?\S/i;
/** 'Not Found', 'File Not Found' (llama.cpp), '404 page not found' (Go), 'Invalid URL (POST /v1/x)', 'no Route matched' */
const PATH =
  /\b(?:url|uri|routes?|paths?|endpoint|page|method)\b|cannot (?:post|get|put|patch)|^\W*(?:404\W*)?(?:file |resource )?not[ _]found\W*$/i;

/** 'Invalid model name passed in model=x' (LiteLLM), 'Model Not Exist' (DeepSeek), 'x is not a valid model ID' (OpenRouter) */
const NO_MODEL =
  /\b(?:invalid|unknown|no such) model\b|\bmodel not (?:exist|found)|\bmodel_not_(?:found|supported)\b|\bnot a valid model\b|\bmodel [`'"]?[^\s`'"]+[`'"]? (?:does not exist|not found|is not (?:available|found))/i;
/** 'image input is not supported' (llama.cpp) */
const INCAPABLE =
  /\b(?:images?|audio|videos?|vision|multimodal|files?|tools?|functions?)\b[\w ]{0,30}\b(?:(?:is|are) not supported|not supported by)|\b(?:does not|doesn't|cannot) (?:support|process|handle) (?:images?|audio|videos?|vision|multimodal|files?|tools?|functions?)\b/i;

/** 'Your chosen model requires moderation and your input was flagged' (OpenRouter) */
const ABOUT_CONTENT =
  /\bflagged\b|\bmoderat|\bcontent[ _-](?:policy|policies|filter|management)|\b(?:safety|usage|acceptable use) polic|\bharmful\b|\binappropriate\b|\bprohibited\b/i;
/** Some servers answer 403 for other reasons; these words are about a key. */
const ABOUT_KEY = /api.?key|credential|token|account|billing|suspend|deactivat|permission/i;
/** Some servers answer 400 for a key: "Incorrect API key provided" (xAI), "API key not valid" (Google). */
const REFUSES_KEY =
  /\b(?:invalid|incorrect|expired) api[ -]key\b|\bapi[ -]key (?:is )?(?:not valid|invalid|incorrect|expired|not found)\b|\bAPI_KEY_INVALID\b/i;
/** A 429 is mostly about the rate of one model's requests; these words concern the whole key. */
const ABOUT_FUNDS = /insufficient.?(?:quota|balance|credit|fund)/i;
const TOO_LONG =
  /context_length_exceeded|context (?:length|window|size)|(?:prompt|input) is too long|too many (?:input )?tokens/i;

export const beginningOf = (body: Buffer): string => body.toString('utf8', 0, LOOKED);

export const saysKey = (body: Buffer): boolean => ABOUT_KEY.test(beginningOf(body));
export const saysKeyRefused = (body: Buffer): boolean => REFUSES_KEY.test(beginningOf(body));
export const saysFunds = (body: Buffer): boolean => ABOUT_FUNDS.test(beginningOf(body));

/** The request exceeds the model's context: OpenAI has a code for it, others a text. */
export const isTooLong = ({ status, body }: { readonly status: number; readonly body: Buffer }): boolean =>
  (status === 400 || status === 413) && TOO_LONG.test(beginningOf(body));

export type Lack = 'path' | 'model' | undefined;

/** It has no model of that name. */
export const lacksModel = (body: Buffer): Lack => (saysIn(body, NO_MODEL) ? 'model' : undefined);

/** Its model lacks the capability for this input. */
export const lacksAbility = (body: Buffer): Lack => (saysIn(body, INCAPABLE) ? 'model' : undefined);

/** It refuses access: a firewall, a region, a restricted model. Words about the content concern the request instead. */
export const lacksAccess = (body: Buffer): Lack => (saysIn(body, ABOUT_CONTENT) ? undefined : 'model');

/** It, or a proxy before it, takes no body of this size; its model may take the text. */
export const lacksRoom = (body: Buffer): Lack => (TOO_LONG.test(beginningOf(body)) ? undefined : 'model');

/** It lacks this path, unless the words are about a model. */
export function lacksPath(body: Buffer): Lack {
  const text = textOf(body);
  const said = saidIn(text);
  if (said === undefined) return lackInText(text);
  return MODEL.test(said.text) ? undefined : 'path';
}

/** It lacks the path or the model, or the object of an id, which says nothing about the provider. */
export function lacksPathOrModel(body: Buffer): Lack {
  const text = textOf(body);
  const said = saidIn(text);
  if (said === undefined) return lackInText(text);
  if (MODEL.test(said.text)) return 'model';
  if (said.text === '') return 'path';
  return PATH.test(said.message) && !said.param && !THING.test(said.message) ? 'path' : undefined;
}

const lackInText = (text: string): Lack => (MODEL.test(text) && !text.startsWith('<') ? 'model' : 'path');

const textOf = (body: Buffer): string => beginningOf(body).trim();

/** Only the error's own words count: a server may repeat the request beside them. */
const saysIn = (body: Buffer, words: RegExp): boolean =>
  words.test(saidIn(textOf(body))?.text.slice(0, SAID) ?? '');

interface Said {
  /** message, code and param together */
  readonly text: string;
  readonly message: string;
  readonly param: boolean;
}

/** undefined: it is no JSON object */
function saidIn(text: string): Said | undefined {
  try {
    const body = JSON.parse(text) as Record<string, unknown> | null;
    if (typeof body !== 'object' || body === null) return undefined;
    const error = (typeof body.error === 'object' && body.error !== null ? body.error : body) as typeof body;
    const texts = [error.message, error.detail, body.detail, body.error, body.message].filter(isText);
    const message = texts[0] ?? '';
    const beside = [error.code, error.param].filter(isText);
    return { text: [message, ...beside].join(' ').trim(), message, param: isText(error.param) };
  } catch {
    return undefined;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';
