import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Built by bin/web-app.js, which says where to; served by src/platform/web-app.ts. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/web/',
  plugins: [react()],
  // A style of its own is a file of its own: the page's policy allows no inline ones.
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: 'es2022', emptyOutDir: true },
})
