import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where `npm run dev:console` finds a service to talk to. */
const SERVICE = process.env['ISTHMUS_ENDPOINT'] ?? 'http://127.0.0.1:4750'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/console/',
  plugins: [react()],
  build: {
    target: 'es2023',
    emptyOutDir: true,
    // A picture inside a style sheet would need `data:` in the policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    manifest: true,
  },
  server: { proxy: { '/isthmus': SERVICE } },
})
