/** The keywords that `parametersJsonSchema` and `responseJsonSchema` take. https://ai.google.dev/api/generate-content */
export const SUPPORTED: ReadonlySet<string> = new Set([
  '$id',
  '$defs',
  '$ref',
  '$anchor',
  'type',
  'format',
  'title',
  'description',
  'enum',
  'items',
  'prefixItems',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  'anyOf',
  'oneOf',
  'properties',
  'additionalProperties',
  'required',
  'propertyOrdering',
]);

/** Keywords whose value is a schema, a list of schemas, or schemas by name. */
export const SCHEMAS: ReadonlySet<string> = new Set(['items', 'additionalProperties']);
export const LISTS_OF_SCHEMAS: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'prefixItems']);
export const MAPS_OF_SCHEMAS: ReadonlySet<string> = new Set(['properties', '$defs']);
