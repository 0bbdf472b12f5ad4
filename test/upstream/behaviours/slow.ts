import {
  beforeContent,
  end,
  isPart,
  isWrite,
  wait,
  write,
  type Part,
  type Script,
  type Step,
} from '../script.ts';
import type { Scene } from '../scene.ts';

interface Delay {
  /** ms */
  delay?: number;
}

interface Late extends Delay {
  /** Comes then, rather than after a time. */
  until?: Promise<unknown>;
}

const late = ({ delay = 50, until }: Late): Step => (until ? { do: 'hold', until } : wait(delay));

/** Answers that are right, but late. */
export const slow = {
  'slow-first-byte': (scene: Scene, options: Late = {}): Script => [late(options), ...scene.good()],

  /** Head and opening at once, the first content late. */
  'slow-content': (scene: Scene, options: Late = {}): Script => lateFrom('content', scene, options),

  /** All that is said at once, why it stops late. */
  'slow-finish': (scene: Scene, options: Late = {}): Script => lateFrom('finish', scene, options),

  /** Every delta late; a clock for gaps must not run out while they come. */
  'slow-deltas': (scene: Scene, { delay = 20 }: Delay = {}): Script =>
    scene.good().flatMap((step): Script => (isPart(step, 'content') ? [wait(delay), step] : [step])),

  /** Comment lines before the opening and between all events, in the three spellings that are about. */
  pings: (scene: Scene, { count = 2 }: { count?: number } = {}): Script => {
    if (!scene.streams) return scene.good();
    const spellings = [': ping\n\n', ':\n\n', ': ping\n'];
    let pinged = 0;
    const pings = () =>
      Array.from({ length: count }, () => {
        pinged += 1;
        return write('noise', spellings[pinged % spellings.length] ?? '');
      });
    return scene.good().flatMap((step): Script => (isWrite(step) ? [...pings(), step] : [step]));
  },

  /** The opening, then comment lines only: alive on the wire, but never a word. */
  'pings-only': (
    scene: Scene,
    { delay = 5, count = Number.POSITIVE_INFINITY }: Delay & { count?: number } = {},
  ): Script => [
    ...beforeContent(scene.stream()),
    { do: 'flood', bytes: Buffer.from(': ping\n\n'), count, pause: delay },
    end,
  ],
};

function lateFrom(part: Part, scene: Scene, options: Late): Script {
  const script = scene.good();
  const first = script.findIndex((step) => isPart(step, part));
  return [...script.slice(0, first), late(options), ...script.slice(first)];
}
