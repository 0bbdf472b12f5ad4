import type { Host } from '../../core/contracts/index.ts';
import { threadsOf, type ThreadsStanding } from '../../kits/feature-kit/index.ts';
import type { Family } from './page.ts';

/** The threads that answer requests, where there are several. */
export function threadFamilies({ gateway }: Host): Family[] {
  const one = (
    type: Family['type'],
    name: string,
    help: string,
    read: (standing: ThreadsStanding) => number,
  ): Family => ({
    name,
    help,
    type,
    samples: () => {
      const standing = threadsOf(gateway)?.standing;
      return standing ? [{ labels: {}, value: read(standing) }] : [];
    },
  });
  return [
    one('gauge', 'switchyard_threads', 'Threads that answer requests.', ({ running }) => running),
    one(
      'gauge',
      'switchyard_threads_wanted',
      'Threads that server.threads asks for.',
      ({ wanted }) => wanted,
    ),
    one(
      'counter',
      'switchyard_threads_lost_total',
      'Threads that have ended by themselves, and were replaced.',
      ({ lost }) => lost,
    ),
  ];
}
