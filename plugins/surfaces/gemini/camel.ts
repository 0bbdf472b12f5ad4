import type { Json } from '../../../kits/dialect-kit/json.ts';
import { camelCase } from '../../../wire/names.ts';

/** The names of an object's members in the spelling that Google documents: it takes `snake_case` as well. */
export const camelled = (given: Json): Json =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [camelCase(name), value]));
