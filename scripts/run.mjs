#!/usr/bin/env node
// Only this file and node-version.mjs are read before the check, so both keep to syntax that Node.js 14 can parse.
import { isSupportedNode } from './node-version.mjs';

if (isSupportedNode(process.version)) {
  const { main } = await import('./commands.mjs');
  await main(process.argv.slice(2));
} else {
  console.error(
    'Reeldesk needs Node.js 20.19, 22.12, 24 or newer; this is ' +
      process.version +
      ' (' +
      process.execPath +
      '). Install a newer one (https://nodejs.org) and run the command again.',
  );
  process.exitCode = 1;
}
