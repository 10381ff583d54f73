import { startTestCluster } from './test-cluster.ts';

/** Vitest's `globalSetup`: one cluster for all test files, which are started after this and inherit its address. */
export default async function setup(): Promise<() => Promise<void>> {
  const cluster = await startTestCluster();
  process.env['REELDESK_TEST_CLUSTER_URL'] = cluster.superuserUrl;
  return cluster.stop;
}
