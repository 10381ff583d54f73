import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AnyTRPCRouter, inferRouterContext } from '@trpc/server';
import { fastifyTRPCPlugin, type FastifyTRPCPluginOptions } from '@trpc/server/adapters/fastify';
import fastify from 'fastify';

/** A router behind tRPC's own fastify adapter, on a free port. */
export async function listenWithFastify<R extends AnyTRPCRouter>(
  router: R,
  createContext: (headers: IncomingHttpHeaders) => Promise<inferRouterContext<R>>,
): Promise<number> {
  const app = fastify({ routerOptions: { maxParamLength: 5_000 } });
  const options: FastifyTRPCPluginOptions<AnyTRPCRouter> = {
    prefix: '/trpc',
    trpcOptions: { router, createContext: ({ req }) => createContext(req.headers) },
  };
  await app.register(fastifyTRPCPlugin, options);
  await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as AddressInfo).port;
}
