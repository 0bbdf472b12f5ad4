import { stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { required } from '../../../../kits/dialect-kit/required.ts';

/** The head of an answer, whole or streamed. */
export function headOf({ responseId, modelVersion, createTime }: Json): Json {
  const seconds = Math.floor(Date.parse(stringOf(createTime)) / 1_000);
  return {
    ...required({ id: responseId, created: Number.isNaN(seconds) ? undefined : seconds }),
    model: modelVersion,
  };
}
