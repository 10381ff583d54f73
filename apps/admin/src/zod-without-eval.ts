// zod tries whether it may compile its checks, which the server's policy forbids and the browser reports as an issue.
// These are zod's settings as `config({ jitless: true })` makes them; its module would be 4 KB of every first load.
// Before any schema is made: imported first.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
