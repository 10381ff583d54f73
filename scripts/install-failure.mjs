/** What to do about a failed installation, read from what npx and pnpm said. */
export function explainInstallFailure(output) {
  if (/EACCES|EROFS|EPERM|ENOTDIR/.test(output)) {
    return (
      'A folder could not be written. Give npm and pnpm folders that can be, for instance ' +
      '`npm_config_cache=/tmp/npm-cache XDG_DATA_HOME=/tmp/pnpm npm start`, or set HOME to a folder of your own.'
    );
  }
  if (/ENOSPC/.test(output)) return 'The disk is full. Make room and run the command again.';
  if (/CERT|certificate|SSL/i.test(output)) {
    return 'The package registry could not be verified. Set NODE_EXTRA_CA_CERTS to the certificates of your network.';
  }
  if (/ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|network|fetch failed/i.test(output)) {
    return 'The package registry could not be reached. Check the connection (and `npm config get registry`), then run the command again.';
  }
  if (/OUTDATED_LOCKFILE|frozen-lockfile/.test(output)) {
    return 'pnpm-lock.yaml does not match the package.json files. Run `npx -y pnpm@12 install` and commit the lockfile.';
  }
  return 'Nothing was started. Correct what it says and run the command again.';
}
