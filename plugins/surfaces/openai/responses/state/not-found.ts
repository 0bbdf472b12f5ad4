import { GatewayError } from '../../../../../core/errors.ts';

/** A response that is not kept here, or not for this caller. */
export function notFound(id: string, enabled: boolean, param: string | undefined): GatewayError {
  const why = enabled
    ? 'it was not stored ("store": false), is older than openai.responses.keep, or was made with another key'
    : 'openai.responses.enabled is false, so that none is kept';
  const instead = param === undefined ? '' : '; send the whole conversation as `input` instead';
  return new GatewayError('response_not_found', `there is no response '${id}' here: ${why}${instead}`, {
    ...(param !== undefined && { param }),
  });
}
