import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const server = process.env.DIRIGENT_URL ?? 'http://localhost:8080';

export default defineConfig({
  plugins: [react()],
  // Everything the page needs is its own file of the same origin: the Content-Security-Policy allows no data: scripts or fonts.
  build: {
    assetsInlineLimit: 0,
    target: 'es2023',
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
