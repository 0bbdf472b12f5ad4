import { getJson, listsIn, nameOf } from '../../../../kits/feature-kit/index.ts';
import type { Subject } from './subject.ts';
import { faulty, fine, notMade, type Verdict } from './verdict.ts';

/** most names listed */
const SHOWN = 5;

/** Which models does it have? By the map in the config, or by its own list, where each must have a name. */
export async function models(subject: Subject): Promise<Verdict> {
  const { models: map, modelsPath } = subject.upstream.provider;
  if (map) return named(Object.keys(map), 'as the config maps them');
  if (modelsPath === undefined) return notMade('it lists no models, and the config maps none');
  const { transport } = subject.host.gateway;
  let answer: unknown;
  try {
    answer = await getJson(transport, subject.upstream.target('*'), modelsPath, subject.leftMs);
  } catch (error) {
    return faulty(`GET ${modelsPath}: ${(error as Error).message}`);
  }
  const [data] = listsIn(answer);
  if (!data) return faulty(`GET ${modelsPath}: its answer has no list 'data'`);
  const names = data.map(nameOf);
  const at = names.indexOf(undefined);
  if (at >= 0) return faulty(`GET ${modelsPath}: data[${at}] has no text as its 'id'`);
  subject.listed = names as string[];
  return names.length === 0
    ? faulty(`GET ${modelsPath} lists none`)
    : named(subject.listed, `by GET ${modelsPath}`);
}

function named(names: readonly string[], by: string): Verdict {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return fine(`${names.slice(0, SHOWN).join(', ')}${more}, ${by}`);
}
