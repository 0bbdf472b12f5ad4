import { stringify } from 'yaml';
import type { Schema } from '../../core/contracts/index.ts';
import { listed } from '../../wire/names.ts';
import { units, type Unit } from './units.ts';

/** What a schema allows, for people: 'a whole number from 0 to 65535'. */
export function allowed(schema: Schema | undefined): string {
  if (!schema) return 'anything';
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum) return `one of ${schema.enum.map(literal).join(', ')}`;
  const unit = units[schema.format ?? ''];
  if (unit) return measured(unit, schema);
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  const own = types.map((type) => phrase(type, schema)).join(' or ');
  const forms = (schema.anyOf ?? schema.oneOf ?? []).map(allowed).join(' or ');
  return [own, forms].filter(Boolean).join(', which is ') || alternatives(schema);
}

/** With its bounds, and only examples within them. */
function measured({ noun, examples, bare, bounds: own, parse, write }: Unit, schema: Schema): string {
  const { minimum } = schema;
  // The type's own upper bound is not worth a mention.
  const maximum = schema.maximum === own.maximum ? undefined : schema.maximum;
  const isWithin = (value = 0): boolean => value >= (minimum ?? 0) && value <= (maximum ?? Infinity);
  const such = examples.filter((example) => isWithin(parse(example))).map(literal);
  const least = minimum === undefined ? ' above 0' : minimum === 0 ? '' : ` of at least ${write(minimum)}`;
  const most = maximum === undefined ? '' : `${least === '' ? ' of' : ' and'} at most ${write(maximum)}`;
  return `${noun}${least}${most} such as ${either(such)}, or ${bare}`;
}

const either = (all: readonly string[]): string =>
  all.length < 2 ? all.join() : `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`;

function phrase(type: string, schema: Schema): string {
  const range = bounds(schema.minimum, schema.maximum, schema.exclusiveMinimum);
  switch (type) {
    case 'integer':
      return `a whole number${range}`;
    case 'number':
      return `a number${range}`;
    case 'string':
      return text(schema);
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    case 'array':
      return `a list${(schema.minItems ?? 0) > 0 ? ` of at least ${schema.minItems}` : ''}`;
    default:
      return `a map${withNames(schema)}${asExample(schema)}`;
  }
}

function text({ minLength = 0, examples, format, description }: Schema): string {
  if (format === 'uri') return 'a URL such as https://api.example.com/v1';
  const length =
    minLength > 1 ? ` of at least ${minLength} characters` : minLength === 1 ? ', not empty' : '';
  const such = examples ? ` such as ${examples.map(literal).join(' or ')}` : '';
  return `a text${length}${such}${examples && description ? ` (${description})` : ''}`;
}

function withNames({ properties }: Schema): string {
  const names = Object.keys(properties ?? {});
  return names.length > 0 ? ` of ${listed(names)}` : '';
}

/** As it is written in YAML. */
function asExample({ examples }: Schema): string {
  return examples?.[0] === undefined ? '' : `, such as ${inline(examples[0])}`;
}

const inline = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();

function bounds(minimum: number | undefined, maximum: number | undefined, above: number | undefined): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  const least =
    minimum === undefined ? (above === undefined ? '' : ` above ${above}`) : ` of at least ${minimum}`;
  return maximum === undefined ? least : `${least}${above === undefined ? '' : ' and'} of at most ${maximum}`;
}

/** One of several forms of a map, where the forms differ only in what they require. */
function alternatives({ required = [] }: Schema): string {
  return required.length > 0 ? `a map with ${listed(required)}` : 'anything';
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}
