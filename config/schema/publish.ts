/**
 * `node config/schema/publish.ts` writes the files that are read without a gateway: switchyard.schema.json, which
 * editors check a config against, and apis/sources.json, the sources of third-party programs.
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

/** The content of each file. */
export function published(registry: PluginRegistry): Record<string, string> {
  const files = {
    'switchyard.schema.json': editorSchema(registry),
    'apis/sources.json': sources(registry),
  };
  return Object.fromEntries(
    Object.entries(files).map(([file, value]) => [file, `${JSON.stringify(value, null, 2)}\n`]),
  );
}
