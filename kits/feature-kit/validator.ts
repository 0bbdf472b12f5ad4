import { createRequire } from 'node:module';
import type { Ajv, Options } from 'ajv';

const require = createRequire(import.meta.url);

/**
 * Checks values against JSON Schemas, without ajv's optimizer: for each variable of the code that it generates, the optimizer
 * makes an object whose first member has that variable's name. V8 shares hidden classes only among the first 1,536 such
 * objects, and once large schemas have used these up, headers and all else that begins as `{}` gets hidden classes of
 * its own, kilobytes for each request that stay until a full collection.
 */
export function validator(options: Options = {}): Ajv {
  // With its first use: the threads that share this kit check nothing, and load 90 modules less.
  const { Ajv } = require('ajv') as typeof import('ajv');
  return new Ajv({ ...options, code: { ...options.code, optimize: false } });
}
