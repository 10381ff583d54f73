/**
 * Whether this Node.js can run everything here. The build tools need `require` of ES modules,
 * which came with 20.19 in the 20 line and with 22.12 in the 22 line.
 */
export function isSupportedNode(version) {
  const parts = version.replace(/^v/, '').split('.').map(Number);
  const major = parts[0];
  const minor = parts[1];
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24;
}
