import { end, isPart, unmeasured, write, type Script, type Step } from '../script.ts';
import type { Scene } from '../scene.ts';

const piece = 64 * 1024;

/** Answers of difficult sizes. All are written no faster than the socket takes them. */
export const big = {
  /** One delta of that many bytes, in one data line. */
  'long-line': (scene: Scene, { bytes = 1024 * 1024 }: { bytes?: number } = {}): Script =>
    scene.good({ text: ['x'.repeat(bytes)] }),

  /** A data line that does not end: `bytes` long, or until the client leaves. */
  'huge-line': (scene: Scene, { bytes = Number.POSITIVE_INFINITY }: { bytes?: number } = {}): Script => [
    ...unmeasured(scene.good()).slice(0, 1),
    write('content', scene.streams ? 'data: {"choices":[{"index":0,"delta":{"content":"' : '{"object":"'),
    { do: 'flood', bytes: Buffer.alloc(piece, 'x'), count: Math.ceil(bytes / piece) },
    end,
  ],

  /** A JSON body of about that many bytes, also when a stream was asked for. */
  'big-json': (scene: Scene, { bytes = 16 * 1024 * 1024 }: { bytes?: number } = {}): Script =>
    scene.whole({ text: ['x'.repeat(bytes)] }),

  /** The first content delta again and again, with real back-pressure: see `bytesWritten`. */
  'many-deltas': (scene: Scene, { count = 10_000 }: { count?: number } = {}): Script => {
    if (!scene.streams) return scene.good();
    const script = scene.stream().filter((step) => step.do !== 'wait');
    const first = script.find((step) => isPart(step, 'content'));
    return script.flatMap((step): Step[] => {
      if (!isPart(step, 'content')) return [step];
      return step === first ? [{ do: 'flood', bytes: step.bytes, count }] : [];
    });
  },
};
