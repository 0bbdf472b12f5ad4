import t from 'tap';
import { readdir, readFile } from 'node:fs/promises';

const FOLDER = new URL('../../../core/contracts/', import.meta.url);
/** What says that a number is a time: its own name, or its comment. */
const TIME =
  /^(at|since|until|start(ed)?|began|end(ed)?|connected|head|first\w*|time|due|deadline|took|every|within|drain|grace|delay|pause|timeout|idle|age|gap|latency|ttft|retryAfter)$/;
const SAYS_SO = /\bms\b|µs|since 1970|clock/;
const SCALED = /(Ms|Us|S)$/;
/** Their members are words of the config, and members of the HTTP API. */
const PUBLIC = ['Timeouts', 'ProcessDescription'];

t.test('a member of the contract that is a time ends in its scale', async (t) => {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.ts'));
  let times = 0;
  for (const file of files) {
    for (const { owner, name, comment } of numbersIn(await readFile(new URL(file, FOLDER), 'utf8'))) {
      if (PUBLIC.includes(owner)) continue;
      const isTime = TIME.test(name) || SAYS_SO.test(comment);
      if (isTime) t.match(name, SCALED, `${file}: ${owner}.${name} says its scale`);
      if (SCALED.test(name)) times++;
      if (/1970/.test(comment)) t.match(name, /EpochMs$/, `${file}: ${owner}.${name} is a date`);
    }
  }
  t.ok(times > 40, `${times} times`);
});

interface NumberMember {
  /** the interface or type that it is in */
  readonly owner: string;
  readonly name: string;
  readonly comment: string;
}

/** Members of type `number`, and those of objects written in one line. Places in a text (`Span`, `Place`, …) are no times. */
function numbersIn(source: string): NumberMember[] {
  const parts = source.split(/^(?:export )?(?:interface|type) (\w+)/m).slice(1);
  return parts.flatMap((owner, nth) => {
    if (nth % 2 === 1 || ['Span', 'Place', 'Members', 'EventBytes'].includes(owner)) return [];
    const body = parts[nth + 1] as string;
    const found = body.matchAll(
      /(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\s*)?(?:readonly )?\b(\w+)\??: number\b(?! =>)(?=[ ;,})|])/g,
    );
    return [...found].map(([, comment = '', name = '']) => ({ owner, name, comment }));
  });
}
