import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { BenchDatabase } from './database.ts';
import type { GroupFigures } from './load.ts';
import { ACCOUNTS, HOT_ACCOUNT } from './setting.ts';

/** What calls the functions without any HTTP: the measure of the others. */
export interface Direct {
  title: string;
  run(workload: DirectWorkload, callers: number, seconds: number): Promise<GroupFigures>;
  close(): Promise<void>;
}

export type DirectWorkload = 'charge' | 'hot' | 'balance';

const anyAccount = `('a0000000-0000-4000-8000-' || lpad(to_hex($account::integer), 12, '0'))::uuid`;
const statements: Record<DirectWorkload, string> = {
  charge: charge(anyAccount),
  hot: charge(`'${HOT_ACCOUNT}'::uuid`),
  balance: `select public.get_credit_info(p_user_id => ${anyAccount})`,
};

function charge(account: string): string {
  return `select public.create_video_generation(p_user_id => ${account}, p_prompt => 'A beautiful sunset', p_video_type => 'text_to_video', p_image_url => null, p_duration_seconds => 5, p_resolution => '1920x1080', p_quality => 'high')`;
}

// The caller is a setting of the session: no statement is spent on it.
const callerOptions = `-c request.jwt.claims={"role":"service_role"} -c request.jwt.claim.role=service_role`;

/** pgbench with prepared statements where the system has one, else node-postgres, and the title says which. */
export async function openDirect(database: BenchDatabase): Promise<Direct> {
  return (await hasPgbench()) ? pgbench(database) : preparedClient(database);
}

async function hasPgbench(): Promise<boolean> {
  const child = spawn('pgbench', ['--version'], { stdio: 'ignore' });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}

function pgbench({ setting, folder }: BenchDatabase): Direct {
  return {
    title: 'pgbench -M prepared, the function itself',
    run: async (workload, callers, seconds) => {
      const directory = await mkdtemp(join(folder, 'pgbench-'));
      const script = join(directory, 'script.sql');
      const text = statements[workload].replace('$account', ':account');
      await writeFile(script, `\\set account random(1, ${ACCOUNTS})\n${text};\n`);
      const args = [
        '-n',
        '-M',
        'prepared',
        '-c',
        String(callers),
        '-j',
        '2',
        '-T',
        String(seconds),
        '-f',
        script,
        '-l',
      ];
      const child = spawn('pgbench', [...args, setting.superuserUrl], {
        cwd: directory,
        env: { ...process.env, PGOPTIONS: callerOptions },
      });
      let output = '';
      child.stdout.on('data', (piece) => (output += String(piece)));
      child.stderr.on('data', (piece) => (output += String(piece)));
      const [code] = (await once(child, 'close')) as [number];
      const [, perSecond] = /^tps = ([\d.]+)/m.exec(output) ?? [];
      const isStuck = /actually processed: 0$/m.test(output);
      if (code !== 0 || (perSecond === undefined && !isStuck)) {
        throw new Error(`pgbench failed:\n${output}`);
      }
      const logs = (await readdir(directory)).filter((name) => name.startsWith('pgbench_log'));
      const texts = await Promise.all(logs.map((name) => readFile(join(directory, name), 'utf8')));
      await rm(directory, { recursive: true });
      const times = texts.flatMap((each) =>
        each.split('\n').flatMap((line) => (line === '' ? [] : [Number(line.split(' ', 3)[2]) / 1000])),
      );
      return figures(times, Number(perSecond ?? 0));
    },
    close: async () => undefined,
  };
}

function preparedClient({ setting }: BenchDatabase): Direct {
  const pool = new pg.Pool({ connectionString: setting.superuserUrl, max: 64, options: callerOptions });
  return {
    title: 'node-postgres with a prepared statement, the function itself (no pgbench here)',
    run: async (workload, callers, seconds) => {
      const text = statements[workload].replace('$account', '$1');
      const times: number[] = [];
      const began = performance.now();
      const caller = async () => {
        while (performance.now() < began + seconds * 1000) {
          const at = performance.now();
          const values = text.includes('$1') ? [1 + Math.floor(Math.random() * ACCOUNTS)] : [];
          await pool.query({ name: workload, text, values });
          times.push(performance.now() - at);
        }
      };
      await Promise.all(Array.from({ length: callers }, caller));
      return figures(times, times.length / ((performance.now() - began) / 1000));
    },
    close: () => pool.end(),
  };
}

function figures(times: number[], perSecond: number): GroupFigures {
  const sorted = times.toSorted((a, b) => a - b);
  const quantile = (q: number) => sorted[Math.floor((sorted.length - 1) * q)] ?? Number.NaN;
  return { calls: times.length, perSecond, p50: quantile(0.5), p99: quantile(0.99), failures: 0, firstFailure: null };
}
