import { monitorEventLoopDelay } from 'node:perf_hooks';
import { single, type Family, type Sample } from './page.ts';

/** ms between two samples of the event loop's delay. */
const RESOLUTION = 20;

/** Metrics of the gateway's own process and its event loop. */
export function runtime(): { families: Family[]; close: () => void } {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  delay.enable();
  const started = Date.now() / 1000 - process.uptime();
  const families: Family[] = [
    {
      name: 'switchyard_event_loop_delay_seconds',
      help: 'How late timers were since the last time this was read; quantile 1 is the worst.',
      type: 'gauge',
      samples: () => {
        const samples = [50, 99, 100].map((percent): Sample => ({
          labels: { quantile: String(percent / 100) },
          // It measures the whole time between two samples.
          value: Math.max(0, delay.percentile(percent) / 1e9 - RESOLUTION / 1e3),
        }));
        delay.reset();
        return samples;
      },
    },
    single('counter', 'process_cpu_seconds_total', 'CPU time of the gateway.', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    }),
    single('gauge', 'process_resident_memory_bytes', 'Memory of the gateway.', () =>
      process.memoryUsage.rss(),
    ),
    single('gauge', 'process_start_time_seconds', 'When the gateway started.', () => started),
  ];
  return { families, close: () => void delay.disable() };
}
