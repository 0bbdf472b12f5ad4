import type { Schema } from '../../core/contracts/index.ts';

/** Entries of one compiled check. It has the check of each written out, and the engine fails at a function of thousands. */
const MOST = 100;

/** Schemas that together say what one does, none of them with too many named entries in a section. */
export function inParts(schema: Schema): readonly Schema[] {
  const { properties = {}, definitions } = schema;
  const long = Object.entries(properties).filter(([, of]) => Object.keys(of.properties ?? {}).length > MOST);
  if (long.length === 0) return [schema];
  const names = long.map(([name, of]) => [name, { ...of, properties: anyOf(Object.keys(of.properties!)) }]);
  const rest = { ...schema, properties: { ...properties, ...Object.fromEntries(names) } };
  const entries = long.flatMap(([name, of]) =>
    grouped(Object.entries(of.properties!)).map((group) => ({
      properties: { [name]: { properties: Object.fromEntries(group) } },
      ...(definitions && { definitions }),
    })),
  );
  return [rest, ...entries];
}

/** These names are known, whatever is behind them. */
const anyOf = (names: readonly string[]): Record<string, Schema> =>
  Object.fromEntries(names.map((name) => [name, {}]));

const grouped = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / MOST) }, (_, at) => all.slice(at * MOST, (at + 1) * MOST));
