import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = 'http://127.0.0.1:4000';

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    // The server's policy allows nothing inline, neither scripts nor data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    rolldownOptions: {
      output: {
        // What every page needs, in one file: it packs better, and a release of the desk leaves it in the cache.
        // What only forms need stays with them.
        codeSplitting: {
          groups: [
            {
              name: 'framework',
              test: /^(?!.*(?:useMutation|mutationObserver|useSuspense|useInfinite|infiniteQueryObserver|useQueries)\.).*node_modules[\\/](?:react|react-dom|scheduler|use-sync-external-store|@trpc[\\/].*|@tanstack[\\/](?:history|query-core|react-query|react-router|react-store|router-core|store))[\\/]/,
            },
          ],
        },
      },
    },
  },
  server: { proxy: { '/trpc': server, '/session': server } },
});
