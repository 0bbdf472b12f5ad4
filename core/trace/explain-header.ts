import type { Attempt, Target, Trace } from '../contracts/index.ts';
import { headerText } from '../../wire/headers.ts';

/**
 * Why a request went where it went, short enough for a header: `route=m; strategy=p2c; out=one/m:breaker; waited=80ms;
 * try=two/m:upstream_status:503:12ms; answer=three/m`.
 * @param answering the target that answers now, whose attempt is not over yet
 */
export function explain({ route, strategy, notes, attempts }: Trace, answering?: Target): string {
  const out = new Map<string, readonly string[]>();
  let waitedUs = 0;
  for (const note of notes) {
    waitedUs += note.tookUs ?? 0;
    for (const [target, reasons] of Object.entries(note.out ?? {})) out.set(target, reasons);
  }
  return [
    `route=${headerText(route)}`,
    `strategy=${headerText(strategy)}`,
    ...[...out].map(([target, reasons]) => `out=${headerText(target)}:${reasons.map(reasonIn).join('+')}`),
    ...(waitedUs > 0 ? [`waited=${ms(waitedUs)}`] : []),
    ...attempts.map(tried),
    ...(answering ? [`answer=${headerText(answering.id)}`] : []),
  ].join('; ');
}

function tried({ target, outcome, reason, status, startedUs, endedUs = startedUs }: Attempt): string {
  const how = [reason ?? outcome, ...(status === undefined ? [] : [status]), ms(endedUs - startedUs)];
  return `try=${headerText(target.id)}:${how.join(':')}`;
}

const reasonIn = (reason: string): string => headerText(reason.split(':')[0] as string);
const ms = (micros: number): string => `${Math.round(micros / 1000)}ms`;
