// What the bench uses of autocannon, which brings no types of its own.
declare module 'autocannon' {
  interface Options {
    url: string;
    method: string;
    headers: Record<string, string>;
    body: string;
    connections: number;
    amount: number;
    timeout: number;
    sampleInt: number;
    requests?: readonly { setupRequest(request: Request): Request }[];
  }
  interface Request {
    headers: Record<string, string>;
  }
  interface Run extends PromiseLike<unknown> {
    on(
      event: 'response',
      listener: (client: unknown, status: number, bytes: number, ms: number) => void,
    ): void;
    stop(): void;
  }
  export default function autocannon(options: Options): Run;
}
