import type { Schema } from '../../core/contracts/index.ts';
import t from 'tap';
import { PluginRegistry } from '../../config/plugins/registry.ts';
import { optionsOf } from '../../config/schema/assemble.ts';
import { conform } from '../../config/conform.ts';
import { defaultsIn } from '../../config/defaults.ts';
import { Mistakes } from '../../config/mistakes.ts';
import { prepare } from '../../config/expand-shorthand.ts';
import { object } from '../../config/file/source.ts';
import { root } from '../../gateway.ts';

const checked = (schema: Schema): unknown => {
  const mistakes = new Mistakes(object);
  const expanded = { value: {}, filled: new Set<string>() };
  const { value } = conform({ expanded, written: {}, schema, folder: '/here', mistakes });
  mistakes.throwIfAny();
  return value;
};

t.test('defaults read off a schema equal those of a check of an empty map, for every plugin', async (t) => {
  const registry = await PluginRegistry.read(root);
  let read = 0;
  for (const kind of ['provider', 'strategy', 'toolchain', 'transport', 'surface', 'feature'] as const)
    for (const plugin of registry.list(kind)) {
      const schema = optionsOf(plugin as never);
      const defaults = defaultsIn(prepare(schema, '/here'));
      if (defaults === undefined) continue;
      read++;
      t.strictSame(defaults, checked(schema), `${kind} ${plugin.name}`);
    }
  t.ok(read > 40, `${read} of them need no check`);
});

t.test('a schema that needs more than its defaults goes to the check', async (t) => {
  const plain = { type: 'object', properties: { a: { type: 'integer', default: 1 } } } as const;
  t.same(defaultsIn(plain), { a: 1 });
  t.same(defaultsIn({ type: 'object', properties: { in: { ...plain, default: {} } } }), { in: { a: 1 } });
  const demanding: Schema[] = [
    { ...plain, required: ['b'], properties: { ...plain.properties, b: { type: 'string' } } },
    { ...plain, anyOf: [{ required: ['a'] }] },
    { ...plain, minProperties: 1 },
    { type: 'object', properties: { in: { $ref: '#/definitions/x', default: {} } } },
    { type: 'object', properties: { in: { ...plain, default: { a: 2 } } } },
    { type: 'object', properties: { in: { anyOf: [plain], default: {} } } },
    { $ref: '#/definitions/x' },
  ];
  for (const schema of demanding) t.equal(defaultsIn(schema), undefined, JSON.stringify(schema));
  t.same(defaultsIn({ ...plain, required: ['a'] }), { a: 1 }, 'a default fulfils it');
});
