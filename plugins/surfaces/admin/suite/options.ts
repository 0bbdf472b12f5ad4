import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../../../../core/errors.ts';
import { readObject } from '../../../../kits/surface-kit/index.ts';

/** Options of a run of the test suite. */
export interface SuiteOptions {
  /** names; undefined: all that take requests */
  readonly providers: readonly string[] | undefined;
  /** for all of them; undefined: the first model of each */
  readonly model: string | undefined;
  /** start programs that do not run */
  readonly start: boolean;
  /** ms that one check may take */
  readonly timeout: number;
  /** ms until the first token; later is too slow */
  readonly maxTtft: number;
  /** fewer are too slow */
  readonly minTokensPerSecond: number;
}

/** Default, least and most value of each member. */
const NUMBERS = {
  timeout: [30_000, 100, 600_000],
  maxTtft: [10_000, 1, 600_000],
  minTokensPerSecond: [1, 0, 1_000_000],
} as const;
const KNOWN = ['suite', 'providers', 'model', 'start', ...Object.keys(NUMBERS)];

/** Whether `POST /v1/test` asks for the suite, in the query or in the body, which takes precedence. */
export function wantsSuite(request: FastifyRequest): boolean {
  return flag(parametersOf(request), 'suite');
}

/**
 * @param name the one provider that the path names
 * @throws GatewayError `invalid_request`
 */
export function readSuiteOptions(request: FastifyRequest, name?: string): SuiteOptions {
  const all = parametersOf(request);
  const known = name === undefined ? KNOWN : KNOWN.filter((one) => one !== 'suite' && one !== 'providers');
  const other = Object.keys(all).find((one) => !known.includes(one));
  if (other !== undefined)
    throw invalid(
      other.slice(0, 100),
      `'${other.slice(0, 100)}' is not known here; there are: ${known.join(', ')}`,
    );
  const { model } = all;
  if (model !== undefined && (typeof model !== 'string' || model === ''))
    throw invalid('model', `'model' must be a text that is not empty; it is ${shown(model)}`);
  return {
    providers: name === undefined ? names(all.providers) : [name],
    model,
    start: flag(all, 'start'),
    timeout: number(all, 'timeout'),
    maxTtft: number(all, 'maxTtft'),
    minTokensPerSecond: number(all, 'minTokensPerSecond'),
  };
}

type Parameters = Readonly<Record<string, unknown>>;

const parametersOf = (request: FastifyRequest): Parameters => ({
  ...(request.query as Parameters),
  ...readObject(request),
});

function names(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > 0 && list.every((one) => typeof one === 'string' && one !== '')) return list as string[];
  throw invalid('providers', "'providers' must be a list of names; without it all providers are tested");
}

function flag(all: Parameters, name: string): boolean {
  const value = all[name] ?? false;
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw invalid(name, `'${name}' must be true or false; it is ${shown(value)}`);
}

function number(all: Parameters, name: keyof typeof NUMBERS): number {
  const [standard, least, most] = NUMBERS[name];
  const value = all[name] === undefined ? standard : Number(all[name]);
  if (value >= least && value <= most) return value;
  throw invalid(name, `'${name}' must be a number from ${least} to ${most}; it is ${shown(all[name])}`);
}

const shown = (value: unknown): string =>
  typeof value === 'string' ? `'${value.slice(0, 100)}'` : JSON.stringify(value).slice(0, 100);

function invalid(param: string, message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param });
}
