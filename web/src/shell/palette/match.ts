import type { Command } from './commands.ts';

const MOST = 60;
/** after which a new word begins */
const BREAKS = [' ', '-', '_', '.', '/', ':'];

/** The commands that match a text: each of its words must be in the title or among the command's words. Best first. */
export function match(commands: readonly Command[], text: string): readonly Command[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return commands.slice(0, MOST);
  return commands
    .map((command) => ({ command, score: score(command, words) }))
    .filter(({ score: points }) => points > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST)
    .map(({ command }) => command);
}

function score({ title, words: more = '', group }: Command, words: readonly string[]): number {
  const name = title.toLowerCase();
  const others = `${more} ${group}`.toLowerCase();
  let points = 0;
  for (const word of words) {
    if (name.startsWith(word)) points += 4;
    else if (BREAKS.some((mark) => name.includes(mark + word))) points += 3;
    else if (name.includes(word)) points += 2;
    else if (others.includes(word)) points += 1;
    else return 0;
  }
  return points;
}
