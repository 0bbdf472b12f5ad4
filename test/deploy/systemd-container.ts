import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { root } from '../../gateway.ts';
import { testFolder } from '../test-folder.ts';

const SYSTEMD = '/lib/systemd/systemd';
const NAMESPACES = [
  '--fork',
  '--kill-child',
  '--pid',
  '--mount',
  '--mount-proc',
  '--uts',
  '--ipc',
  '--cgroup',
];
/** What systemd wants to find. Without units of the machine nothing of it is started. */
const TARGETS = ['sysinit', 'basic', 'multi-user', 'network-online', 'shutdown', 'umount', 'final', 'exit'];
const CGROUPS = '/sys/fs/cgroup';

/** Why systemd cannot be started in a container here; undefined: it can. */
export function missingForSystemd(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it takes Linux and root';
  if (!existsSync(SYSTEMD)) return 'there is no systemd here';
  if (!['/usr/local/bin/node', '/usr/bin/node'].some(existsSync)) return 'the unit would find no node';
  if (ownCgroups() === undefined) return 'there are no cgroups of version 2 here';
  const overlay =
    'mount -t tmpfs t /run && mkdir /run/u /run/w && mount -t overlay o -o lowerdir=/etc,upperdir=/run/u,workdir=/run/w /etc';
  const tried = spawnSync('unshare', [...NAMESPACES, 'sh', '-c', overlay]);
  return tried.status === 0 ? undefined : 'a container cannot be made here';
}

/** The folder of the cgroups of version 2 in which this process is. */
function ownCgroups(): string | undefined {
  const mounted = [join(CGROUPS, 'unified'), CGROUPS].find((one) => existsSync(join(one, 'cgroup.procs')));
  const own = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
  return mounted === undefined || own === undefined ? undefined : join(mounted, own);
}

/**
 * A container of this machine's files with systemd as its first process. What is written to /etc, /var, /run and /opt stays in
 * it; this checkout is in /opt/switchyard, and the network is the machine's.
 */
export class SystemdContainer {
  readonly #init: number;

  private constructor(init: number) {
    this.#init = init;
  }

  /** @param files by their paths in it */
  static async start(t: Test, files: Readonly<Record<string, string>>): Promise<SystemdContainer> {
    const folder = testFolder(t, {});
    const given = Object.entries(files).map(([path, text], at) => {
      writeFileSync(join(folder, String(at)), text);
      return `install -D -m 0644 ${join(folder, String(at))} ${path}`;
    });
    const script = join(folder, 'begin.sh');
    writeFileSync(script, begin(given));
    const cgroup = join(ownCgroups() as string, `switchyard-systemd-${process.pid}`);
    mkdirSync(cgroup);
    const inGroup = 'echo $$ > "$1/cgroup.procs"; shift; exec unshare "$@"';
    // A test that is killed takes it along.
    const child = spawn(
      'setpriv',
      ['--pdeathsig', 'KILL', 'sh', '-c', inGroup, 'sh', cgroup, ...NAMESPACES, 'sh', '-eu', script],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let said = '';
    child.stderr.on('data', (chunk) => (said += String(chunk)));
    t.teardown(async () => {
      child.kill('SIGKILL');
      execFileSync('sh', ['-c', `echo 1 > ${cgroup}/cgroup.kill`]);
      while (/populated 1/.test(readFileSync(join(cgroup, 'cgroup.events'), 'utf8'))) await sleep(50);
      for (const one of execFileSync('find', [cgroup, '-depth', '-type', 'd'], { encoding: 'utf8' })
        .trim()
        .split('\n'))
        rmdirSync(one);
    });
    for (;;) {
      if (child.exitCode !== null) throw new Error(`systemd did not start: ${said}`);
      await sleep(100);
      const [init] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
      const container = new SystemdContainer(Number(init));
      if (init && (await container.run('systemctl', 'is-active', 'multi-user.target')) === 'active')
        return container;
    }
  }

  /** Runs a command in it. @returns what it prints; undefined: it has failed */
  run(...command: readonly string[]): Promise<string | undefined> {
    const args = ['-t', String(this.#init), '-m', '-p', '-u', '-i', '-C', '--', ...command];
    return new Promise((resolve) => {
      execFile('nsenter', args, (error, stdout) => resolve(error ? undefined : stdout.trim()));
    });
  }

  /** A property of the unit. */
  unit(property: string): Promise<string | undefined> {
    return this.run('systemctl', 'show', '-p', property, '--value', 'switchyard');
  }

  /** The unit's processes: the command of each, by its number in the container. */
  async processes(): Promise<ReadonlyMap<number, string>> {
    const list = `for one in $(cat ${CGROUPS}/system.slice/switchyard.service/cgroup.procs); do echo "$one $(tr '\\0\\n' '  ' < /proc/$one/cmdline)"; done`;
    const lines = (await this.run('sh', '-c', list))?.split('\n').filter(Boolean) ?? [];
    return new Map(lines.map((line) => [Number.parseInt(line), line.replace(/^\d+ /, '')]));
  }
}

const begin = (given: readonly string[]): string => `
mount -t tmpfs tmpfs ${CGROUPS}
mount -t cgroup2 cgroup2 ${CGROUPS}
mount -t tmpfs tmpfs /run
over() {
  mkdir -p "/run/over/$3/up" "/run/over/$3/work"
  mount -t overlay overlay -o "lowerdir=$1,upperdir=/run/over/$3/up,workdir=/run/over/$3/work" "$2"
}
over /etc /etc etc
over /var /var var
mount --bind ${root} /mnt
mount -t tmpfs tmpfs /opt
mkdir /opt/switchyard
over /mnt /opt/switchyard checkout
umount -l /mnt
echo 'switchyard:x:64998:64998::/var/lib/switchyard:/usr/sbin/nologin' >> /etc/passwd
echo 'switchyard:x:64998:' >> /etc/group
chown switchyard: /opt/switchyard
${given.join('\n')}
mkdir -p /etc/units
cp /opt/switchyard/deploy/switchyard.service /etc/units
for one in ${TARGETS.join(' ')}; do printf '[Unit]\\nDefaultDependencies=no\\n' > "/etc/units/$one.target"; done
export container=other SYSTEMD_UNIT_PATH=/etc/units
exec ${SYSTEMD} --system --unit=multi-user.target --log-target=console --show-status=no
`;
