/** Decodes as much of OTLP's protobuf as the gateway sends (https://github.com/open-telemetry/opentelemetry-proto). */

type Kind = 'text' | 'hex' | 'int' | 'bool' | 'fixed64' | 'double' | Schema;
/** Fields by their number; a name that ends in [] is a list. */
interface Schema {
  readonly [field: number]: readonly [name: string, kind: Kind];
}

const anyValue: Schema = {
  1: ['stringValue', 'text'],
  2: ['boolValue', 'bool'],
  3: ['intValue', 'int'],
  4: ['doubleValue', 'double'],
};
const attribute: Schema = { 1: ['key', 'text'], 2: ['value', anyValue] };
const resource: Schema = { 1: ['attributes[]', attribute] };
const span: Schema = {
  1: ['traceId', 'hex'],
  2: ['spanId', 'hex'],
  3: ['traceState', 'text'],
  4: ['parentSpanId', 'hex'],
  5: ['name', 'text'],
  6: ['kind', 'int'],
  7: ['startTimeUnixNano', 'fixed64'],
  8: ['endTimeUnixNano', 'fixed64'],
  9: ['attributes[]', attribute],
  15: ['status', { 3: ['code', 'int'] }],
};
const point: Schema = { 4: ['count', 'fixed64'], 5: ['sum', 'double'], 9: ['attributes[]', attribute] };
const metric: Schema = {
  1: ['name', 'text'],
  3: ['unit', 'text'],
  9: ['histogram', { 1: ['dataPoints[]', point] }],
};
const log: Schema = {
  3: ['severityText', 'text'],
  5: ['body', anyValue],
  6: ['attributes[]', attribute],
};

const SCHEMAS = {
  traces: {
    1: ['resourceSpans[]', { 1: ['resource', resource], 2: ['scopeSpans[]', { 2: ['spans[]', span] }] }],
  },
  metrics: {
    1: [
      'resourceMetrics[]',
      { 1: ['resource', resource], 2: ['scopeMetrics[]', { 2: ['metrics[]', metric] }] },
    ],
  },
  logs: {
    1: ['resourceLogs[]', { 1: ['resource', resource], 2: ['scopeLogs[]', { 2: ['logRecords[]', log] }] }],
  },
} as const satisfies Record<string, Schema>;

export function decodeOtlp(signal: keyof typeof SCHEMAS, bytes: Buffer): Record<string, unknown> {
  return decode(SCHEMAS[signal], bytes);
}

function decode(schema: Schema, bytes: Buffer): Record<string, unknown> {
  const message: Record<string, unknown> = {};
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++] as number;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const wire = tag & 7;
    let raw: number | Buffer;
    if (wire === 0) raw = varint();
    else {
      const length = wire === 2 ? varint() : wire === 1 ? 8 : 4;
      raw = bytes.subarray(at, (at += length));
    }
    const field = schema[tag >>> 3];
    if (!field) continue;
    const [name, kind] = field;
    const value = valueOf(kind, raw);
    if (!name.endsWith('[]')) message[name] = value;
    else ((message[name.slice(0, -2)] ??= []) as unknown[]).push(value);
  }
  return message;
}

function valueOf(kind: Kind, raw: number | Buffer): unknown {
  if (typeof raw === 'number') return kind === 'bool' ? raw === 1 : raw;
  if (kind === 'text') return raw.toString();
  if (kind === 'hex') return raw.toString('hex');
  if (kind === 'fixed64') return raw.readBigUInt64LE();
  if (kind === 'double') return raw.readDoubleLE();
  return decode(kind as Schema, raw);
}
