import { GatewayError } from '../../../../core/errors.ts';

/** The member that a request is refused for, with the message. */
export function refusal(ask: () => unknown): { param: string | null; message: string } {
  try {
    ask();
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'not_translatable') return error;
    throw error;
  }
  return { param: 'nothing', message: '' };
}
