import { Ajv, type Options } from 'ajv';

/**
 * Checks values against JSON Schemas, without ajv's optimizer: for each variable of the code that it generates, the optimizer
 * makes an object whose first member has that variable's name. V8 shares hidden classes only among the first 1,536 such
 * objects, and once large schemas have used these up, headers and all else that begins as `{}` gets hidden classes of
 * its own, kilobytes for each request that stay until a full collection.
 */
export const validator = (options: Options = {}): Ajv =>
  new Ajv({ ...options, code: { ...options.code, optimize: false } });
