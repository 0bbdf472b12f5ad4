import type { Host } from '../../core/contracts/index.ts';
import { storeOf } from '../../kits/store-kit/store-of.ts';
import type { Family } from './page.ts';

/** PostgreSQL and the data that waits for it, where the config names one. */
export function storeFamilies({ gateway }: Host): Family[] {
  const standing = () => storeOf(gateway)?.standing;
  const gauge = (
    name: string,
    help: string,
    read: (now: NonNullable<ReturnType<typeof standing>>) => boolean,
  ): Family => ({
    name,
    help,
    type: 'gauge',
    samples: () => {
      const now = standing();
      return now ? [{ labels: {}, value: Number(read(now)) }] : [];
    },
  });
  const parts = (name: string, help: string, type: Family['type'], what: 'bytes' | 'lost'): Family => ({
    name,
    help,
    type,
    samples: () =>
      Object.entries(standing()?.waiting ?? {}).map(([part, waiting]) => ({
        labels: { part },
        value: waiting[what],
      })),
  });
  return [
    gauge('switchyard_store_up', '1 while PostgreSQL answers.', ({ problem }) => problem === null),
    gauge(
      'switchyard_store_settings_in_force',
      '1 while the last change of the shared settings is in force here.',
      ({ settings }) => settings?.problem === null,
    ),
    gauge('switchyard_store_leader', '1 while this gateway leads.', ({ isLeader }) => isLeader),
    parts('switchyard_store_waiting_bytes', 'What waits in files for PostgreSQL.', 'gauge', 'bytes'),
    parts('switchyard_store_lost_total', 'Rows that PostgreSQL has refused.', 'counter', 'lost'),
  ];
}
