import { createSecretKey } from 'node:crypto';
import { createServer } from 'node:http';
import { jwtVerify } from 'jose';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { makeV4Preset } from 'postgraphile/presets/v4';

// The caller is set the way its documentation says: settings of each transaction, from a checked token.
process.once('message', async ({ apiUrl, jwtSecret, issuer, poolSize }) => {
  const key = createSecretKey(Buffer.from(jwtSecret));
  const instance = postgraphile({
    extends: [PostGraphileAmberPreset, makeV4Preset({ simpleCollections: 'omit' })],
    pgServices: [
      makePgService({ connectionString: apiUrl, schemas: ['public'], poolConfig: { max: poolSize }, pubsub: false }),
    ],
    grafserv: { graphqlPath: '/graphql', graphiql: false, websockets: false },
    grafast: {
      explain: false,
      context: async ({ node }) => {
        const token = (node?.req.headers.authorization ?? '').slice('Bearer '.length);
        const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], audience: 'authenticated', issuer });
        return {
          pgSettings: {
            role: payload.role,
            'request.jwt.claims': JSON.stringify({ sub: payload.sub, role: payload.role }),
            'request.jwt.claim.sub': payload.sub,
            'request.jwt.claim.role': payload.role,
          },
        };
      },
    },
  });
  const server = createServer();
  await instance.createServ(grafserv).addTo(server);
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
});
process.once('disconnect', () => process.exit(0));
