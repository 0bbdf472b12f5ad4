import type { Behaviour, Scene } from '../scene.ts';
import type { Script } from '../script.ts';
import { big } from './big.ts';
import { broken } from './broken.ts';
import { empty } from './empty.ts';
import { failing, type StatusOptions } from './failing.ts';
import { framing } from './framing.ts';
import { replay } from './replay.ts';
import { slow } from './slow.ts';

/** Every behaviour there is, by its name. To add one, add a function to the file it belongs to. */
export const behaviours = {
  ok: (scene: Scene): Script => scene.good(),
  ...broken,
  ...slow,
  ...failing,
  ...empty,
  ...framing,
  ...big,
  ...replay,
};

type Table = typeof behaviours;

/** A name of the table, or `status-CODE`, short for `status` with that code. */
export type BehaviourName = keyof Table | `status-${number}`;

/** The options of one behaviour; `never` where it has none. */
export type BehaviourOptions<Name extends BehaviourName> = Name extends keyof Table
  ? NonNullable<Parameters<Table[Name]>[1]>
  : Omit<StatusOptions, 'code'>;

/** A behaviour with its options fixed. */
export interface Chosen {
  readonly name: BehaviourName;
  readonly play: (scene: Scene) => Script;
}

export function choose<Name extends BehaviourName>(name: Name, options?: BehaviourOptions<Name>): Chosen {
  const [, code] = /^status-(\d+)$/.exec(name) ?? [];
  if (code !== undefined) {
    return { name, play: (scene) => failing.status(scene, { ...options, code: Number(code) }) };
  }
  const behaviour = Object.hasOwn(behaviours, name)
    ? (behaviours[name as keyof Table] as Behaviour<BehaviourOptions<Name>>)
    : undefined;
  if (!behaviour) throw new TypeError(`upstream: no behaviour is called '${name}'`);
  return { name, play: (scene) => behaviour(scene, options) };
}
