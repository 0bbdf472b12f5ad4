import type { Refusal } from '../relay/receiver.ts';

/** bytes of a body that are looked into */
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

export type About = 'path' | 'model' | undefined;

/**
 * What a refusal is about that is not about the request alone: the path, which the server does not have, or a model that
 * it has not or that lacks what was sent. Servers say it in many shapes and with many statuses, so their words decide.
 */
export function aboutPath({ status, body }: Refusal): About {
  if (status === 400 || status === 422) return saysIn(body, NO_MODEL) ? 'model' : undefined;
  if (status === 500) return saysIn(body, INCAPABLE) ? 'model' : undefined;
  if (status !== 404 && status !== 405 && status !== 501) return undefined;
  const text = body.toString('utf8', 0, LOOKED).trim();
  const said = saidIn(text);
  if (said === undefined) return MODEL.test(text) && !text.startsWith('<') ? 'model' : 'path';
  if (MODEL.test(said.text)) return status === 404 ? 'model' : undefined;
  if (status !== 404) return 'path';
  if (said.text === '') return 'path';
  return PATH.test(said.message) && !said.param && !THING.test(said.message) ? 'path' : undefined;
}

/** Only what stands as an error's own words counts: a server may say the request again beside them. */
const saysIn = (body: Buffer, words: RegExp): boolean =>
  words.test(saidIn(body.toString('utf8', 0, LOOKED).trim())?.text.slice(0, SAID) ?? '');

interface Said {
  /** message, code and param together */
  readonly text: string;
  readonly message: string;
  readonly param: boolean;
}

/** undefined: it is not JSON object. */
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
