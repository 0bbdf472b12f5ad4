import { pathToFileURL } from 'node:url';
import type { Spent } from '../load/work.ts';
import { here } from '../peer.ts';

const WRITES = new Set(['writeLatin1String', 'writeUtf8String', 'writeBuffer', 'writev']);
const ROOT = pathToFileURL(here('..')).href;

/** The part of a gateway that a function belongs to. */
export function layerOf({ name, url }: Spent): string {
  if (WRITES.has(name)) return 'kernel: writes';
  if (name === '(program)') return 'kernel: reads and waiting; native code';
  if (name === '(garbage collector)') return 'garbage collection';
  if (url === '') return 'engine: built in';
  if (url.startsWith('node:')) return 'Node';
  const [, inPackage] = url.split('/node_modules/');
  if (inPackage !== undefined) return inPackage.startsWith('undici/') ? 'undici' : 'Fastify';
  return 'own code';
}

/** A file of the gateway, from the root of the repository. */
export function fileOf({ url }: Spent): string | undefined {
  const file = url.startsWith(ROOT) ? url.slice(ROOT.length) : 'bench/';
  return file.startsWith('bench/') || file.includes('node_modules/') ? undefined : file;
}
