import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

interface PackagedChromium {
  executablePath: string;
  env: Record<string, string>;
}

const cacheDir = fileURLToPath(new URL('../node_modules/.cache/', import.meta.url));

// Its libraries are unpacked only for this environment, and it unpacks to the system's temporary folder, which
// others may share: so it runs in a process of its own with both set.
const unpackProgram = `import chromium from ${JSON.stringify(import.meta.resolve('@sparticuz/chromium'))};
await chromium.executablePath();`;

/**
 * Unpacks the Chromium of `@sparticuz/chromium` once, with the shared libraries and the fonts that a bare
 * machine lacks. Undefined where it can't run: it is built for Linux on x64 only.
 */
export async function unpackChromium(): Promise<PackagedChromium | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const manifest = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '../../package.json');
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
  const folder = join(cacheDir, `chromium-${version}`);
  if (!existsSync(folder)) await unpackTo(folder);
  return {
    executablePath: join(folder, 'chromium'),
    env: {
      LD_LIBRARY_PATH: [join(folder, 'al2023/lib'), process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':'),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    },
  };
}

async function unpackTo(folder: string): Promise<void> {
  await mkdir(cacheDir, { recursive: true });
  // Moved to its place when it is whole: another process may unpack at the same time.
  const partial = await mkdtemp(`${folder}.`);
  try {
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', unpackProgram], {
      env: { ...process.env, TMPDIR: partial, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' },
    });
    await writeFile(join(partial, 'fonts.conf'), fontsConfig(folder));
    await rename(partial, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Its own configuration looks for fonts only where a cloud function has them, and a page without fonts has no text. */
function fontsConfig(folder: string): string {
  const escaped = folder.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${escaped}/fonts/fonts</dir>
  <cachedir>${escaped}/fonts-cache</cachedir>
</fontconfig>
`;
}
