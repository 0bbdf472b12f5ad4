import { checkHouse, type Finding } from './doctor/house.ts';
import { checkNetwork } from './doctor/network.ts';
import { checkProvider, type Diagnosis } from './doctor/provider.ts';
import { interruptible } from './interrupted.ts';
import { readHouse, type House } from './programs.ts';
import { show, type Subcommand } from './subcommand.ts';
import { table } from './table.ts';

export const doctor: Subcommand = {
  name: 'doctor',
  takes: '[--config FILE] [--network]',
  does: 'what this machine lacks, for the gateway and for each provider',
  about: `Needs no running gateway, and changes nothing. --network: also whether what programs are fetched from can be reached.
It fails where something is lacking that the config names; what is only listed may lack anything.`,
  words: [0, 0],
  options: { config: 'FILE' },
  flags: { network: '' },
  async run(given) {
    const { config, network } = given.options;
    const problems: Finding[] = [];
    const tell = (problem: string) =>
      void problems.push({ what: 'secrets', ok: false, found: problem, remedy: 'mend or remove that file' });
    const house = await readHouse(typeof config === 'string' ? config : undefined, tell);
    const [machine, providers] = await interruptible(
      (signal) => examine(house, network === true, signal),
      'nothing was changed',
    );
    const findings = [...problems, ...machine];
    const ok = findings.every((one) => one.ok) && providers.every((one) => one.ok || !one.named);
    show(given, { ok, machine: findings, providers }, () => report(findings, providers, given.people));
    if (!ok) process.exitCode = 1;
  },
};

function examine(
  house: House,
  network: boolean,
  signal: AbortSignal,
): Promise<[readonly Finding[], readonly Diagnosis[]]> {
  return Promise.all([
    Promise.all([checkHouse(house, signal), network ? checkNetwork(house, signal) : []]).then((all) =>
      all.flat(),
    ),
    Promise.all(house.known.map((one) => checkProvider(one, signal))),
  ]);
}

function report(machine: readonly Finding[], providers: readonly Diagnosis[], people: boolean): string {
  const found = machine.map(({ what, ok, found: it }) => [what, ok ? 'fine' : 'lacking', it]);
  const rows = providers.map(({ provider, named, ok, toolchain, port }) => [
    provider,
    ok ? 'fine' : 'lacking',
    named ? 'yes' : 'no',
    toolchain ?? '-',
    port ?? '-',
  ]);
  const remedies = [
    ...machine.flatMap(({ remedy }) => remedy ?? []),
    ...providers.flatMap(({ lacks }) => lacks),
  ];
  return [
    table(['this machine', 'is', 'found'], found, people),
    table(['provider', 'is', 'in the config', 'toolchain', 'port'], rows, people),
    ...(remedies.length > 0 ? [[...new Set(remedies)].map((one) => `- ${one}\n`).join('')] : []),
  ].join('\n');
}
