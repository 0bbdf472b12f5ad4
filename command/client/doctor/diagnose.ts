import { Proxies } from '../../../kits/transport-kit/outbound-proxies.ts';
import { interruptible } from '../interrupted.ts';
import { readSetup, type Setup } from '../programs.ts';
import { show, type Run } from '../subcommand.ts';
import { table } from '../table.ts';
import { checkGateway, type Finding } from './gateway.ts';
import { checkNetwork } from './network.ts';
import { checkProvider, type Diagnosis } from './provider.ts';

/** Checks everything, and reports each part as soon as it is known. */
export async function diagnose(given: Run): Promise<void> {
  const { config, network, json } = given.options;
  const problems: Finding[] = [];
  const tell = (problem: string) =>
    void problems.push({ what: 'secrets', ok: false, found: problem, remedy: 'correct or remove that file' });
  const gateway = await readSetup(typeof config === 'string' ? config : undefined, tell);
  const examined = (findings: readonly Finding[]): void => {
    if (!json) given.print(`${machineTable([...problems, ...findings], given.people)}\n`);
  };
  const [machine, providers] = await interruptible(
    (signal) => examine(gateway, network === true, signal, examined),
    'nothing was changed',
  );
  const findings = [...problems, ...machine];
  const ok = findings.every((one) => one.ok) && providers.every((one) => one.ok || !one.named);
  show(given, { ok, machine: findings, providers }, () => report(findings, providers, given.people));
  if (!ok) process.exitCode = 1;
}

function examine(
  gateway: Setup,
  network: boolean,
  signal: AbortSignal,
  examined: (machine: readonly Finding[]) => void,
): Promise<[readonly Finding[], readonly Diagnosis[]]> {
  const proxies = new Proxies(gateway.loaded.env);
  const machine = Promise.all([checkGateway(gateway, signal), network ? checkNetwork(gateway, signal) : []]);
  return Promise.all([
    machine.then((all) => {
      examined(all.flat());
      return all.flat();
    }),
    Promise.all(gateway.known.map((one) => checkProvider(one, proxies, signal))),
  ]);
}

function machineTable(machine: readonly Finding[], people: boolean): string {
  const found = machine.map(({ what, ok, found: it }) => [what, ok ? 'fine' : 'lacking', it]);
  return table(['this machine', 'is', 'found'], found, people);
}

function report(machine: readonly Finding[], providers: readonly Diagnosis[], people: boolean): string {
  const isProxied = providers.some(({ proxy }) => proxy !== undefined);
  const rows = providers.map(({ provider, named, ok, toolchain, port, proxy }) => [
    provider,
    ok ? 'fine' : 'lacking',
    named ? 'yes' : 'no',
    toolchain ?? '-',
    port ?? '-',
    ...(isProxied ? [proxy ?? '-'] : []),
  ]);
  const remedies = [
    ...machine.flatMap(({ remedy }) => remedy ?? []),
    ...providers.flatMap(({ lacks }) => lacks),
  ];
  return [
    table(
      ['provider', 'is', 'in the config', 'toolchain', 'port', ...(isProxied ? ['asked through'] : [])],
      rows,
      people,
    ),
    ...(remedies.length > 0 ? [[...new Set(remedies)].map((one) => `- ${one}\n`).join('')] : []),
  ].join('\n');
}
