import { beforeContent, breakOff, end, halfway, hang, head, open, reset, type Script } from '../script.ts';
import type { Scene } from '../scene.ts';

/** Answers that do not come to their end: cut (HTTP ends well), broken (FIN), reset (RST) or stalled. */
export const broken = {
  'cut-before-content': (scene: Scene): Script => [...beforeContent(scene.good()), end],
  'cut-after-content': (scene: Scene): Script => [...halfway(scene.good()), end],

  'close-before-head': (): Script => breakOff,
  'rst-before-head': (): Script => reset,
  'rst-before-content': (scene: Scene): Script => [...beforeContent(scene.good()), ...reset],
  'rst-after-content': (scene: Scene): Script => [...halfway(scene.good()), ...reset],

  /** The socket ends inside the chunked body, without its last chunk. */
  'broken-chunked': (scene: Scene): Script => [...halfway(scene.good()), ...breakOff],
  /** More bytes are promised in content-length than come before the connection ends. */
  'short-body': (scene: Scene): Script => [
    ...open(scene.good()).map((step) =>
      step.do === 'head' ? head(step.status, { ...step.headers, 'content-length': '1000000' }) : step,
    ),
    ...breakOff,
  ],
  'not-http': (): Script => [{ do: 'raw', bytes: Buffer.from('This is not HTTP.\r\n\r\n') }, ...breakOff],

  'stall-before-head': (): Script => [hang],
  'stall-before-content': (scene: Scene): Script => [...beforeContent(scene.good()), hang],
  'stall-after-content': (scene: Scene): Script => [...halfway(scene.good()), hang],
  /** Everything is said, but the connection stays open and the body does not end. */
  'hang-after-done': (scene: Scene): Script => [...open(scene.good()), hang],

  /** Any request but the first of its connection finds a server that has just given the connection up. */
  'early-close-idle': (scene: Scene, { how = 'reset' }: { how?: 'reset' | 'close' } = {}): Script =>
    scene.request.nthOnSocket === 1
      ? scene
          .good()
          .map((step) =>
            step.do === 'head' ? head(step.status, { ...step.headers, connection: 'keep-alive' }) : step,
          )
      : [{ do: how === 'reset' ? 'reset' : 'break' }],
};
