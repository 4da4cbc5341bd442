import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const server = process.env.DIRIGENT_URL ?? 'http://localhost:8080';

export default defineConfig({
  plugins: [react()],
  // Everything the page needs is its own file of the same origin: the Content-Security-Policy allows no data: scripts or fonts.
  build: {
    assetsInlineLimit: 0,
    // The first versions with light-dark(); older targets would rewrite it into something that follows no attribute.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    sourcemap: false,
    chunkSizeWarningLimit: 900,
  },
  server: {
    proxy: {
      '/v2': { target: server, changeOrigin: true },
      '/api': { target: server, changeOrigin: true },
    },
  },
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    reporters: ['default', './test/summary-reporter.ts'],
  },
});
