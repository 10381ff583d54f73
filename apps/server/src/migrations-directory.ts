import { fileURLToPath } from 'node:url';

/** Where the project's migrations lie, from src and from dist alike. */
export const migrationsDirectory = fileURLToPath(new URL('../../../supabase/migrations/', import.meta.url));
