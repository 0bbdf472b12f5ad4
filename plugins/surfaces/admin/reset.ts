import type { Host, Target } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import { targetResets } from '../../../kits/shared-kit/index.ts';
import { threadsOf } from '../../../kits/feature-kit/index.ts';

const END = '/reset';

/**
 * `POST /targets/{id}/reset`: clears the blocks of a target, with its pauses and those of its keys. `others` are targets of
 * the same quota, which are cleared too. The slash of an id may be written as `%2F`. `PROVIDER/*` means all names requested
 * through it, `PROVIDER/NAME` one of them. Gateways that share their state clear theirs, too.
 */
export function resets({ app, gateway, now }: Host): void {
  app.post('/targets/*', (request) => {
    const { '*': rest } = request.params as { '*': string };
    if (!rest.endsWith(END)) throw new GatewayError('not_found', `there is nothing at /targets/${rest}`);
    const id = rest.slice(0, -END.length);
    const targets = [...gateway.upstreams.values()].flatMap((upstream) => [...upstream.all()]);
    const target = targets.find((one) => one.label === id);
    if (!target) throw unknown(id, targets);
    const lifted = [...target.blocks(now()).keys()];
    const others = target.reset().map((one) => one.label);
    targetResets(gateway).emit(target, undefined);
    const out = [...target.blocks(now()).keys()];
    const done = {
      target: id,
      lifted: lifted.filter((reason) => !out.includes(reason)),
      out,
      others,
      success: true,
    };
    return (
      threadsOf(gateway)
        ?.ask('reset', id)
        .then(() => done) ?? done
    );
  });
}

function unknown(id: string, targets: readonly Target[]): GatewayError {
  const some = targets.slice(0, 20).map((one) => one.label);
  const there = `${some.join(', ')}${targets.length > 20 ? ', …' : ''}`;
  return new GatewayError(
    'target_not_found',
    `there is no target '${id.slice(0, 100)}'; there are: ${there || 'none yet'}`,
  );
}
