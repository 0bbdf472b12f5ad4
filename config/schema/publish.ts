/**
 * `node config/schema/publish.ts` writes what is read without a gateway: switchyard.schema.json, what editors check a config
 * against and help with, and apis/sources.json, where the programs come from that others wrote.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PluginRegistry } from '../plugins/registry.ts';
import { editorSchema } from './editor-schema.ts';
import { sources } from '../program-sources.ts';

if (import.meta.main) {
  const root = join(import.meta.dirname, '../..');
  for (const [file, text] of Object.entries(published(await PluginRegistry.read(root)))) {
    await writeFile(join(root, file), text);
    console.log(`wrote ${file}`);
  }
}

/** What is written, by its file. */
export function published(catalogue: PluginRegistry): Record<string, string> {
  const files = {
    'switchyard.schema.json': editorSchema(catalogue),
    'apis/sources.json': sources(catalogue),
  };
  return Object.fromEntries(
    Object.entries(files).map(([file, value]) => [file, `${JSON.stringify(value, null, 2)}\n`]),
  );
}
