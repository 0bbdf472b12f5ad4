import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

interface Answer {
  readonly id: number;
  readonly result: { readonly result?: { readonly value: NodeJS.MemoryUsage } };
}

/** What a process still uses after a full collection: garbage that waits for one is no growth. */
export class LiveMemory {
  /** what the processes have written to their standard errors */
  #said = '';
  readonly #inspectors = new Map<number, string>();

  heard(text: string): void {
    this.#said += text;
  }

  /** @returns MiB, of its heap and what hangs on it */
  async of(pid: number): Promise<number> {
    let url = this.#inspectors.get(pid);
    if (url === undefined) {
      this.#said = '';
      process.kill(pid, 'SIGUSR1');
      while ((url = /Debugger listening on (ws:\S+)/.exec(this.#said)?.[1]) === undefined) await sleep(50);
      this.#inspectors.set(pid, url);
    }
    const socket = new WebSocket(url);
    await once(socket, 'open');
    try {
      await call(socket, 1, 'HeapProfiler.collectGarbage');
      const evaluated = await call(socket, 2, 'Runtime.evaluate', {
        expression: 'process.memoryUsage()',
        returnByValue: true,
      });
      const { heapUsed, external } = evaluated.result.result!.value;
      return Math.round((heapUsed + external) / 2 ** 20);
    } finally {
      socket.close();
    }
  }
}

async function call(socket: WebSocket, id: number, method: string, params: object = {}): Promise<Answer> {
  socket.send(JSON.stringify({ id, method, params }));
  for (;;) {
    const [{ data }] = (await once(socket, 'message')) as [{ readonly data: string }];
    const answer = JSON.parse(data) as Answer;
    if (answer.id === id) return answer;
  }
}
