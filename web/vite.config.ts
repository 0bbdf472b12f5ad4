import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compress } from './compress.ts';

const gateway = 'http://127.0.0.1:7999';
const paths = [
  'config',
  'events',
  'health',
  'metrics',
  'providers',
  'requests',
  'route',
  'routes',
  'statistics',
  'strategies',
  'targets',
  'v1',
];

export default defineConfig({
  // Relative, so that the same files work under any base path.
  base: './',
  plugins: [react(), tailwind(), compress()],
  // The gateway puts a new nonce in its place each time it serves the page.
  html: { cspNonce: '{nonce}' },
  build: {
    target: 'es2023',
    // Inlined files would be data: URLs, which the page's policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: Object.fromEntries(paths.map((path) => [`/${path}`, gateway])) },
});
