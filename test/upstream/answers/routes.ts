import { notFound, type Surface } from './answer.ts';
import { chat } from './chat.ts';
import { completions } from './completions.ts';
import { deleteFile, fileContent, listFiles, oneFile, upload } from './files.ts';
import { images, speech, transcription } from './media.ts';
import { embeddings, health, listModels, moderations, oneModel } from './plain.ts';
import { responses } from './responses.ts';

const routes: readonly (readonly [string, RegExp, Surface])[] = [
  ['POST', /^\/chat\/completions$/, chat],
  ['POST', /^\/completions$/, completions],
  ['POST', /^\/responses$/, responses],
  ['POST', /^\/embeddings$/, embeddings],
  ['POST', /^\/moderations$/, moderations],
  ['POST', /^\/images\/(generations|edits|variations)$/, images],
  ['POST', /^\/audio\/speech$/, speech],
  ['POST', /^\/audio\/(transcriptions|translations)$/, transcription],
  ['GET', /^\/models$/, listModels],
  ['GET', /^\/models\/(?<id>.+)$/, oneModel],
  ['POST', /^\/files$/, upload],
  ['GET', /^\/files$/, listFiles],
  ['GET', /^\/files\/(?<id>[^/]+)$/, oneFile],
  ['GET', /^\/files\/(?<id>[^/]+)\/content$/, fileContent],
  ['DELETE', /^\/files\/(?<id>[^/]+)$/, deleteFile],
];

export interface Found {
  readonly surface: Surface;
  readonly params: Readonly<Record<string, string>>;
}

/** Which surface answers; a path outside of the prefix (`/v1`) is known to none but the probes. */
export function find(method: string, path: string, prefix: string): Found {
  const [pathname = ''] = path.split('?');
  if (method === 'GET' && (pathname === '/health' || pathname === '/'))
    return { surface: health, params: {} };
  const below = pathname.startsWith(prefix) ? pathname.slice(prefix.length) : undefined;
  for (const [routeMethod, pattern, surface] of below === undefined ? [] : routes) {
    const match = routeMethod === method ? pattern.exec(below ?? '') : null;
    if (match) return { surface, params: match.groups ?? {} };
  }
  return { surface: () => notFound(`Unknown request URL: ${method} ${path}`), params: {} };
}
