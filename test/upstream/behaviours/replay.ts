import { readRecording } from '../recordings.ts';
import {
  breakOff,
  end,
  head,
  wait,
  write,
  type Headers,
  type Part,
  type Script,
  type Write,
} from '../script.ts';
import type { Scene } from '../scene.ts';

/** Answers that were recorded from real services and programs, byte for byte, an event at a time. */
export const replay = {
  /** @param options.file path below test/fixtures/recordings */
  replay: (
    scene: Scene,
    { file = 'openai/chat--openai-text.chunks.txt' }: { file?: string } = {},
  ): Script => {
    const { status, reason, headers, body, complete } = readRecording(file);
    const steps = pieces(body).flatMap((step): Script =>
      scene.interval > 0 ? [wait(scene.interval), step] : [step],
    );
    return [head(status, sendable(headers), reason), ...steps, ...(complete ? [end] : breakOff)];
  },
};

/** One write for each event; where there are no events, one for all. */
function pieces(body: Buffer): Write[] {
  const events = body.toString('latin1').split(/(?<=\r?\n\r?\n)/);
  return events
    .filter((event) => event !== '')
    .map((event, index) => write(partOf(event, index), Buffer.from(event, 'latin1')));
}

function partOf(event: string, index: number): Part {
  if (event.includes('data: [DONE]')) return 'done';
  return index === 0 ? 'opening' : 'content';
}

/** node:http makes the chunks itself. */
function sendable(headers: Headers): Headers {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'transfer-encoding'),
  );
}
