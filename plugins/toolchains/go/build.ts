import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool, type Checkout, type Remedy, type ToolchainJob } from '../../../kits/toolchain-kit/index.ts';

interface Build extends ToolchainJob {
  readonly checkout: Checkout;
  readonly go: string;
  readonly env: Record<string, string>;
  readonly stage: string;
  readonly main: string;
}

export const programOf = (folder: string): string =>
  join(folder, process.platform === 'win32' ? 'program.exe' : 'program');

const REMEDIES: readonly Remedy[] = [
  [
    /dial tcp|no such host|proxyconnect|i\/o timeout|TLS handshake|connection refused/,
    'its modules cannot be fetched; look at the network, or name a mirror in GOPROXY',
  ],
  [
    /requires go >= |GOTOOLCHAIN=local/,
    'it needs a newer Go than this one; install it, or name one in toolchains.go.go',
  ],
];

/** Go writes into copies of go.mod and go.sum: the checkout stays unchanged. */
export async function build(job: Build): Promise<void> {
  const { checkout, go, env, stage, main, signal, progress, provider } = job;
  progress('building; the first time on a machine takes a minute');
  const words = ['build', '-trimpath', '-buildvcs=false', '-o', programOf(stage)];
  const run = (...further: string[]) =>
    runTool({
      provider,
      command: [go, ...words, ...further, main],
      cwd: checkout.folder,
      env,
      signal,
      line: (line) => {
        const fetching = /^go: downloading (\S+ \S+)/.exec(line);
        if (fetching) progress(`fetching ${fetching[1]}`);
      },
      remedies: REMEDIES,
    });
  await run().catch(async (error: Error) => {
    if (!/missing go\.sum entry|updates to go\.mod needed|go mod tidy|-mod=mod/.test(error.message))
      throw error;
    for (const name of ['go.mod', 'go.sum'])
      await copyFile(join(checkout.folder, name), join(stage, name)).catch(() => {});
    await run('-mod=mod', `-modfile=${join(stage, 'go.mod')}`);
  });
}
