import type { Subcommand } from './subcommand.ts';

export const doctor: Subcommand = {
  name: 'doctor',
  takes: '[--config FILE] [--network]',
  does: 'shows what this machine lacks, for the gateway and for each provider',
  about: `Needs no running gateway and changes nothing. --network also checks that the repositories and registries can be reached
from which programs are fetched. It fails if a provider that the config names lacks something; of the other providers it
only lists what they lack.`,
  words: [0, 0],
  options: { config: 'FILE' },
  flags: { network: '' },
  async run(given) {
    // Reading the config loads every plugin: a line tells the user what takes time.
    if (!given.options.json)
      given.print(`Checking this machine and each provider, with Node ${process.versions.node} …\n\n`);
    const { diagnose } = await import('./doctor/diagnose.ts');
    await diagnose(given);
  },
};
