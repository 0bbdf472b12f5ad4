/** `node core/config/publish.ts` writes switchyard.schema.json: what editors check a config against and help with. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Catalogue } from '../catalogue.ts';
import { editorSchema } from './editor-schema.ts';

if (import.meta.main) {
  const root = join(import.meta.dirname, '../..');
  const file = join(root, 'switchyard.schema.json');
  await writeFile(file, published(await Catalogue.read(root)));
  console.log(`wrote ${file}`);
}

export function published(catalogue: Catalogue): string {
  return `${JSON.stringify(editorSchema(catalogue), null, 2)}\n`;
}
