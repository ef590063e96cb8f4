// Builds the web console into console/dist: static files, nothing from elsewhere.
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/console/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: process.env.CONSOLE_OUT ?? 'dist',
    emptyOutDir: true,
    // Files of their own: the page's rules allow no data URLs, and no script in the page itself.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  // `npx vite console` beside a running `npm start`.
  server: { proxy: { '/console/api': 'http://127.0.0.1:3000' } },
});
