import type { StreamsWork } from './work.ts';

const sentence = 'The quick brown fox jumps over the lazy dog, and the dog does not mind in the least. ';
const text = (bytes: number): string => sentence.repeat(Math.ceil(bytes / sentence.length)).slice(0, bytes);

/** A chat request of about `bytes`: a short question, a long conversation, or, past 1 MB, an image. */
export function requestBody(bytes: number, model = 'bench-model'): string {
  const turn = Math.min(bytes - 150, 2_000);
  const turns = Array.from({ length: Math.floor(bytes / 2_050) }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: text(turn),
  }));
  if (bytes < 4_000) return body(model, [{ role: 'user', content: text(turn) }]);
  return body(
    model,
    bytes < 1e6 ? turns : [{ role: 'user', content: [{ type: 'text', text: sentence }, image(bytes - 300)] }],
  );
}

/** A long conversation of about `bytes`, each text in a list of parts. */
export const partsBody = (bytes: number, model?: string): string =>
  body(
    model,
    Array.from({ length: Math.ceil(bytes / 2_100) }, (_, index) => ({
      role: index % 2 === 0 ? 'user' : 'assistant',
      content: [{ type: 'text', text: text(2_000) }],
    })),
  );

/** A request for a stream; the upstream reads `bench`. */
export const streamBody = ({ chunks, interval, isPlain = false }: StreamsWork): string =>
  JSON.stringify({
    model: 'bench-model',
    stream: true,
    messages: [{ role: 'user', content: text(400) }],
    ...(!isPlain && { bench: { chunks, interval } }),
  });

const body = (model = 'bench-model', messages: unknown): string =>
  JSON.stringify({ model, messages, temperature: 0.7 });
const image = (bytes: number) => ({
  type: 'image_url',
  image_url: { url: `data:image/png;base64,${'iVBORw0KGgo='.repeat(bytes / 12)}` },
});
