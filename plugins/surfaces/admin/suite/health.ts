import { get, isServerError } from '../../../../kits/feature-kit/index.ts';
import type { ManagedProcess, ProcessSpec } from '../../../../core/contracts/index.ts';
import { GatewayError } from '../../../../core/errors.ts';
import { fillEach, probe } from '../../../../kits/process-kit/index.ts';
import type { Subject } from './subject.ts';
import { faulty, fine, notMade, type Verdict } from './verdict.ts';
import { isUnreachable } from '../../../../kits/surface-kit/index.ts';

/** ms that a check at no cost may take */
const PROBE_WITHIN = 5_000;

/** Is it there? A program by its state and its probe, any other by a check at no cost. */
export function health(subject: Subject): Promise<Verdict> | Verdict {
  const { process, provider, lacks } = subject.upstream;
  if (process && provider.process) return healthOfProgram(subject, process, provider.process);
  if (lacks.length > 0) return goneFor(subject, `it cannot answer: ${lacks.join('; ')}`);
  return checkedByPath(subject);
}

async function healthOfProgram(
  subject: Subject,
  process: ManagedProcess,
  spec: ProcessSpec,
): Promise<Verdict> {
  if (subject.options.start && process.state !== 'healthy') {
    const failure = await started(process, subject);
    if (failure !== undefined) return goneFor(subject, failure);
  }
  const { state, history } = process;
  if (state !== 'healthy') {
    const { name } = subject;
    const remedy = `switchyard test ${name} --start, or POST /providers/${name}/start`;
    return goneFor(subject, `it is ${state}: ${history.at(-1)?.reason}`, { remedy });
  }
  const { method, path } = spec.probe;
  const [origin, probed] = probing(subject, spec);
  const { hide } = process.log.output;
  const complaint = await probe(origin, probed, Math.min(PROBE_WITHIN, subject.leftMs), hide);
  return complaint === undefined
    ? fine(`${method} ${path} answers as it should`)
    : faulty(`it is ${state}, but ${complaint}`, { remedy: `switchyard logs ${subject.name}` });
}

/** @returns why it could not be started; undefined: it runs */
async function started(process: ManagedProcess, { host, upstream }: Subject): Promise<string | undefined> {
  const { start: within } = host.gateway.timeouts({ timeouts: upstream.provider.timeouts }, undefined, false);
  const late = Promise.withResolvers<string>();
  const timer = setTimeout(
    () => late.resolve(`it was not ready within ${within} ms (timeouts.start); its start goes on`),
    within,
  );
  const start = process.start('a test asked for it').then(
    () => undefined,
    (error: unknown) => GatewayError.from(error).message,
  );
  return Promise.race([start, late.promise]).finally(() => clearTimeout(timer));
}

function probing(
  { upstream: { provider, process } }: Subject,
  spec: ProcessSpec,
): [string, ProcessSpec['probe']] {
  const { origin = '', key = '' } = provider.address ?? {};
  const values = { key, host: spec.host, port: String(process?.port ?? '') };
  return [origin, { ...spec.probe, headers: fillEach(spec.probe.headers ?? {}, values) }];
}

async function checkedByPath(subject: Subject): Promise<Verdict> {
  const { provider } = subject.upstream;
  const { checkPath: path } = provider;
  if (path === undefined) return notMade('it has nothing that can be checked for free');
  const target = subject.upstream.target('*');
  try {
    const { status } = await get(
      subject.host.gateway.transport,
      target,
      path,
      Math.min(PROBE_WITHIN, subject.leftMs),
    );
    const answered = `GET ${path} answered ${status}`;
    return isServerError(status) ? faulty(answered) : fine(answered);
  } catch (error) {
    const { message, code = '' } = error as NodeJS.ErrnoException;
    if (!isUnreachable(error as Error)) return faulty(`GET ${path}: ${message}`);
    const remedy = `is it running, and is providers.${subject.name}.baseUrl where it listens?`;
    return goneFor(subject, `it could not be reached: ${message || code}`, { remedy });
  }
}

/** No other check is possible. */
function goneFor(subject: Subject, detail: string, more: { readonly remedy?: string } = {}): Verdict {
  subject.gone = detail;
  return faulty(detail, more);
}
