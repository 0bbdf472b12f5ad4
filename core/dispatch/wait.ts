import { setTimeout as sleep } from 'node:timers/promises';
import type { Pause } from './next-step.ts';
import type { SelectDeps, Wait, Waited } from './select.ts';
import { waitForProcess } from './wait-for-process.ts';
import { waitForSlot } from './wait-for-slot.ts';
import type { Context } from '../contracts/index.ts';
import { GatewayError, meaningOf } from '../errors.ts';
import { clientLeft } from '../request/client-disconnect.ts';
import { elapsed } from '../trace/elapsed.ts';
import { addNote } from '../trace/note.ts';

/**
 * Waits for what was selected. The result is an input of the next selection.
 * @throws GatewayError `client_left`
 */
export async function waitFor(
  context: Context,
  selected: Wait,
  waited: Waited,
  gateway: SelectDeps,
): Promise<Waited> {
  const isForSlot = selected.kind === 'wait for a slot';
  try {
    if (isForSlot) await waitForSlot(context, selected.targets, gateway);
    else await waitForProcess(context, selected, gateway);
    return waited;
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code === 'client_left') throw error;
    if (isForSlot) return { ...waited, noSlot: error };
    if (!meaningOf(error.code).elsewhere) return { ...waited, gaveUp: error };
    return { ...waited, refused: new Map([...waited.refused, [selected.target, error]]) };
  }
}

/** Until the same target may be asked again. @throws GatewayError `client_left` */
export async function pause(context: Context, { target, afterMs, asked }: Pause): Promise<void> {
  const sinceUs = elapsed(context);
  await sleep(afterMs, undefined, { signal: context.disconnect.signal }).catch(() => undefined);
  if (context.disconnect.disconnected) throw clientLeft();
  const waited = asked ? `${target.id} asked for it` : 'before asking the same target again';
  const tookUs = asked ? Math.round(afterMs * 1000) : elapsed(context) - sinceUs;
  addNote(context, { waited, tookUs }, sinceUs);
  if (asked) target.unblock('quota');
}
