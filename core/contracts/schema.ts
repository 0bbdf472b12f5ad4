/** JSON Schemas, and the types that are read off them. */
import type { FromSchema, JSONSchema } from 'json-schema-to-ts';

/** As much of JSON Schema as the config uses; anything else passes to ajv as it is. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly if?: Schema;
  readonly then?: Schema;
  readonly else?: Schema;
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly [keyword: string]: unknown;
}

/**
 * What a plugin gets for a schema that is written `as const`: options as they came out of the check. Those with a default
 * are there, durations are ms, sizes are bytes, and a map that names its members has no others unless it says so.
 */
export type OptionsOf<Options> =
  Closed<Options> extends infer Checked extends JSONSchema
    ? Unchanging<FromSchema<Checked, { deserialize: Units }>>
    : never;

type Units = [
  { pattern: { format: 'duration' }; output: number },
  { pattern: { format: 'bytes' }; output: number },
];

/** As the check closes it (`closed` in config/expand-shorthand.ts). */
type Closed<Node> = Node extends { readonly properties: infer Members }
  ? Omit<Node, 'properties'> & {
      readonly properties: { [Name in keyof Members]: Closed<Members[Name]> };
    } & (Node extends {
        readonly additionalProperties: unknown;
      }
        ? unknown
        : { readonly additionalProperties: false })
  : Node extends { readonly items: infer Item }
    ? Omit<Node, 'items'> & { readonly items: Closed<Item> }
    : Node extends { readonly additionalProperties: infer Member extends object }
      ? Omit<Node, 'additionalProperties'> & { readonly additionalProperties: Closed<Member> }
      : Node;

type Unchanging<Value> = Value extends readonly (infer Item)[]
  ? readonly Unchanging<Item>[]
  : Value extends object
    ? { readonly [Name in keyof Value]: Unchanging<Value[Name]> }
    : Value;
