import type { ProcessChange } from '../../../../core/contracts/index.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Check as Made, Result } from '../answers/test-run.ts';
import { abort } from './abort.ts';
import { chat } from './chat.ts';
import { errors } from './errors.ts';
import { format } from './format.ts';
import { health } from './health.ts';
import { models } from './models.ts';
import { speed } from './speed.ts';
import { stream } from './stream.ts';
import type { Subject } from './subject.ts';
import { faulty, notMade, type Verdict } from './verdict.ts';

type Check = (subject: Subject) => Promise<Verdict> | Verdict;

/** In this order: later checks use the results of earlier ones. */
const CHECKS = { health, models, chat, stream, format, errors, abort, speed } satisfies Record<string, Check>;
export const CHECK_NAMES = Object.keys(CHECKS);

/** Most providers tested at the same time. */
const AT_ONCE = 4;

/** ms within which the end of a program is noticed, and between two checks */
const NOTICED = 500;
const CHECK_EVERY = 25;

/** Called for each check as it ends. */
export type Report = (provider: string, checked: Made) => void;

/** Tests several providers at once, each one's checks one after another. @returns in the order of the subjects */
export async function run(subjects: readonly Subject[], report: Report): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = subjects.entries();
  const work = async (): Promise<void> => {
    for (const [at, subject] of waiting) results[at] = await examined(subject, report);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

async function examined(subject: Subject, report: Report): Promise<Result> {
  const began = performance.now();
  const checks: Made[] = [];
  for (const [name, check] of Object.entries(CHECKS)) {
    if (subject.signal.aborted) break;
    const since = performance.now();
    const verdict = await judged(subject, check);
    const { ok, detail, ...more } = verdict;
    const checked = { check: name, ok, ms: Math.round(performance.now() - since), detail, ...more };
    checks.push(checked);
    report(subject.name, checked);
  }
  const ok = checks.every((one) => one.ok !== false);
  return { provider: subject.name, ok, ms: Math.round(performance.now() - began), checks };
}

async function judged(subject: Subject, check: Check): Promise<Verdict> {
  if (subject.gone !== undefined) return notMade(subject.gone);
  subject.begin();
  try {
    return await withState(await check(subject), subject);
  } catch (error) {
    subject.host.log.error({ err: error, provider: subject.name }, 'a check failed for a reason of our own');
    return faulty('the gateway failed on this check; its log says why');
  }
}

/**
 * A program's exit during a check explains the check's result: the exit is noticed slightly after its connections end.
 */
async function withState(verdict: Verdict, { upstream: { process }, gone }: Subject): Promise<Verdict> {
  if (verdict.ok !== false || gone !== undefined || !process) return verdict;
  for (let waited = 0; waited < NOTICED && process.state === 'healthy'; waited += CHECK_EVERY)
    await sleep(CHECK_EVERY);
  const { state, reason } = process.history.at(-1) as ProcessChange;
  if (state === 'healthy') return verdict;
  return { ...verdict, detail: `${verdict.detail}; its process is ${state}: ${reason}` };
}
