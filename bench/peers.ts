import { readdirSync } from 'node:fs';
import { here, type Peer } from './peer.ts';

/** Every peer of the folder that can run here, `direct` first; the others' reasons are told. */
export async function findPeers(only?: readonly string[]): Promise<Peer[]> {
  const files = readdirSync(here('peers')).filter((file) => file.endsWith('.ts'));
  const all = await Promise.all(
    files.map(async (file): Promise<Peer> => (await import(`./peers/${file}`)).default),
  );
  const wanted = all.filter(({ name }) => only === undefined || only.includes(name));
  return wanted.filter(canRun).sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

const rank = (peer: Peer): number => (peer.launch === undefined ? 0 : 1);

function canRun(peer: Peer): boolean {
  const reason = peer.missing?.();
  if (reason !== undefined) console.error(`${peer.name} is left out: ${reason}`);
  return reason === undefined;
}
