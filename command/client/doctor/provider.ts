import type { OutboundProxies } from '../../../core/contracts/index.ts';
import { choosePort, gatewayRunning } from '../../../kits/process-kit/index.ts';
import type { Known, KnownProgram } from '../programs.ts';

/** What a provider needs, and which of it is present. */
export interface Diagnosis {
  readonly provider: string;
  /** the config names it */
  readonly named: boolean;
  readonly ok: boolean;
  /** the runtime: 'Go 1.24.1 (/usr/bin/go)'; absent: none is needed, or it is missing */
  readonly toolchain?: string;
  /** 'free', 'its own', or a number; absent: not a program */
  readonly port?: string;
  /** the proxy, without credentials; absent: reached directly */
  readonly proxy?: string;
  /** each with its remedy */
  readonly lacks: readonly string[];
}

export async function checkProvider(
  known: Known,
  proxies: OutboundProxies,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const { name, named, program, origin } = known;
  const proxy = origin === undefined ? undefined : proxies.for(origin);
  const tool = program ? await toolOf(name, program, signal) : {};
  const place = program ? await placeOf(name, program) : {};
  const lacks = [...known.lacks, ...(tool.lack ?? []), ...(place.lack ?? [])].map((lack) =>
    lack.includes(name) ? lack : `${name}: ${lack}`,
  );
  return {
    provider: name,
    named,
    ok: lacks.length === 0,
    ...(tool.found !== undefined && { toolchain: tool.found }),
    ...(place.found !== undefined && { port: place.found }),
    ...(proxy && { proxy: `${proxy.name} (${proxy.variable})` }),
    lacks,
  };
}

interface Look {
  readonly found?: string;
  readonly lack?: readonly string[];
}

async function toolOf(name: string, { spec, toolchain }: KnownProgram, signal: AbortSignal): Promise<Look> {
  const { source } = spec;
  if (!source) return {};
  try {
    const found = await toolchain?.find?.({ provider: name, packages: source.packages, signal });
    return found === undefined ? {} : { found };
  } catch (error) {
    signal.throwIfAborted();
    return { lack: [(error as Error).message] };
  }
}

async function placeOf(name: string, program: KnownProgram): Promise<Look> {
  const { spec } = program;
  if (spec.port === 'free') return { found: 'any free port' };
  if (gatewayRunning(program) !== undefined) return { found: `${spec.port}: in use by the program itself` };
  try {
    await choosePort(spec.port, spec.host);
    return { found: `${spec.port}: free` };
  } catch (error) {
    return {
      found: `${spec.port}: taken`,
      lack: [`${(error as Error).message}, as providers.${name}.port`],
    };
  }
}
