import { request } from 'node:http';
import { LongestTurn } from '../bench/load/longest-turn.ts';
import type { Switchyard } from './switchyard.ts';

/** What one request did to all others of this process, the gateway and its upstream among them. */
export interface Held {
  readonly status: number;
  /** bytes of the answer */
  readonly bytes: number;
  /** the beginning of the answer */
  readonly text: string;
  /** ms of the longest turn of the event loop */
  readonly held: number;
  /** ms in all */
  readonly took: number;
  /** ms of processor time in all, of this thread */
  readonly worked: number;
  /** other requests that were answered meanwhile */
  readonly bystanders: number;
}

/** Asks once, by a client that reads the answer and does nothing with it. */
export async function heldBy(
  { url, ask }: Switchyard,
  path: string,
  body: Buffer | string,
  type = 'application/json',
): Promise<Held> {
  const turns = new LongestTurn();
  const over = new AbortController();
  const bystander = async (): Promise<number> => {
    for (let answered = 0; ; answered++) {
      if (over.signal.aborted) return answered;
      await ask('/v1/models');
    }
  };
  turns.begin();
  const cpu = process.threadCpuUsage();
  const began = performance.now();
  const others = bystander().catch(() => -1);
  const answer = await posted(url + path, body, type);
  const took = performance.now() - began;
  const held = turns.end();
  const { user, system } = process.threadCpuUsage(cpu);
  over.abort();
  return { ...answer, held, took, worked: (user + system) / 1e3, bystanders: await others };
}

/** @param plain ms that a plain one of its length held the loop */
export const isHeld = ({ held, took }: Pick<Held, 'held' | 'took'>, plain: number): boolean =>
  held >= Math.max(took / 2, 3 * plain);

function posted(
  url: string,
  body: Buffer | string,
  type: string,
): Promise<Pick<Held, 'status' | 'bytes' | 'text'>> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) };
    const asked = request(url, { method: 'POST', headers }, (response) => {
      let [bytes, text] = [0, ''];
      response.on('data', (piece: Buffer) => {
        bytes += piece.length;
        if (text.length < 1_000) text += piece.toString('latin1', 0, 1_000);
      });
      response.once('close', () => resolve({ status: response.statusCode ?? 0, bytes, text }));
    });
    asked.once('error', reject);
    asked.end(body);
  });
}
