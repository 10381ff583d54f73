/** Made-up ids that the examples of the procedures and the documents share. */
export const exampleIds = {
  user: '7f1c2a3e-4b5d-4e6f-8a9b-0c1d2e3f4a5b',
  video: 'c0ffee00-1234-4abc-9def-001122334455',
  otherVideo: 'c0ffee00-1234-4abc-9def-556677889900',
  colleague: 'a11ce000-5e1f-4c0d-8b1e-d00dfeed0001',
  key: 'b0a7c1e5-0d1e-4f2a-9b3c-4d5e6f708192',
} as const;
