import { membersAt, members, scalarAt } from '../../../../../wire/body/json-members.ts';

const UPDATE = 'session.update';

/** A `session.update` that names the model gets the upstream's name of it; every other byte stays. */
export function withModel(message: Buffer, asked: string, own: string): Buffer {
  if (asked === own || !message.includes(UPDATE)) return message;
  const { spans } = members(message, ['type', 'session']) ?? {};
  const session = spans?.get('session');
  if (!session || scalarAt(message, spans?.get('type')) !== UPDATE) return message;
  const model = membersAt(message, session.start, ['model'])?.spans.get('model');
  if (!model || scalarAt(message, model) !== asked) return message;
  return Buffer.concat([
    message.subarray(0, model.start),
    Buffer.from(JSON.stringify(own)),
    message.subarray(model.end),
  ]);
}
