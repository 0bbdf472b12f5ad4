/** The part of JSON Schema that a vendor enforces: it refuses a whole request for anything else. */
export interface SchemaLimits {
  /** keywords, beside those that every vendor takes */
  readonly takes: ReadonlySet<string>;
  /** of texts */
  readonly formats: ReadonlySet<string>;
  /** the highest `minItems` */
  readonly minItems: number;
  /** whether a regular expression is one that it knows; absent: none is */
  readonly pattern?: (text: string) => boolean;
  /** Objects have the properties that are named, and no others. */
  readonly isClosed: boolean;
}

/**
 * Claude, on Anthropic's API and on AWS, for answers and for strict tools.
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 * https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
 */
export const CLAUDE: SchemaLimits = {
  takes: new Set(['anyOf', '$ref', '$defs', 'definitions']),
  formats: new Set('date-time time date duration email hostname uri ipv4 ipv6 uuid'.split(' ')),
  minItems: 1,
  isClosed: true,
};

/** Cohere, for answers and for strict tools. https://docs.cohere.com/v2/docs/structured-outputs */
export const COHERE: SchemaLimits = {
  takes: new Set(['anyOf', '$ref', '$defs', 'definitions', 'additionalProperties']),
  formats: new Set(['date-time', 'uuid', 'date', 'time']),
  minItems: 0,
  pattern: (text) => !/\^|\$|\?=|\?!/.test(text),
  isClosed: false,
};

/** Keywords that every vendor takes. */
export const COMMON: ReadonlySet<string> = new Set(
  'type enum const properties required items title description default'.split(' '),
);

/**
 * Keywords that OpenAI refuses in a strict schema; all properties must be required there, and objects closed.
 * https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
export const NOT_STRICT: ReadonlySet<string> = new Set(
  `allOf oneOf not if then else dependentRequired dependentSchemas dependencies
   patternProperties propertyNames uniqueItems contains prefixItems unevaluatedProperties`.split(/\s+/),
);

/** Keywords whose value is a schema, a list of schemas, or schemas by name. */
export const SCHEMA: ReadonlySet<string> = new Set(['items', 'additionalProperties']);
export const SCHEMAS: ReadonlySet<string> = new Set(['anyOf', 'allOf', 'oneOf', 'prefixItems']);
export const NAMED_SCHEMAS: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions']);
