import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { createOpenApiDocument } from '@reeldesk/api/openapi';
import { restRoutes } from '@reeldesk/api/rest';
import { TRPCError } from '@trpc/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { toErrorAnswer } from './error-body.ts';
import { describeForLog } from './log.ts';
import { contextOf, type CallServices } from './trpc.ts';

/** The procedures as REST under `/api`, their OpenAPI document, and a playground that runs under the server's own CSP. */
export async function registerRest(app: FastifyInstance, services: CallServices): Promise<void> {
  const document = createOpenApiDocument('/api');
  await app.register(
    async (scope) => {
      scope.addHook('preHandler', (request, reply) => services.gate(request, reply, 1));
      for (const { method, url, path, toInput, call } of restRoutes) {
        scope.route({
          method,
          url,
          handler: async (request, reply) => {
            reply.header('cache-control', 'no-store');
            try {
              return await call(contextOf(request, reply, services), toInput(request));
            } catch (error) {
              return answerError(error, path, request, reply);
            }
          },
        });
      }
    },
    { prefix: '/api' },
  );
  app.get('/api/openapi.json', () => document);
  await app.register(async (scope) => {
    await scope.register(swagger, { mode: 'static', specification: { document: document as never } });
    await scope.register(swaggerUi, { routePrefix: '/api/docs', uiConfig: { persistAuthorization: false } });
  });
}

// The call itself was counted and noted where it ran: here it only gets its answer.
function answerError(error: unknown, path: string, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const trpcError = error instanceof TRPCError ? error : new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: error });
  const { status, body } = toErrorAnswer(trpcError, request.id, path);
  const { reason } = body.error.data;
  if (reason === 'internal' || reason === 'unavailable') {
    request.log.error({ procedure: path, err: describeForLog(trpcError.cause ?? trpcError) }, 'A call failed');
  }
  if (reason === 'unavailable') {
    reply.header('retry-after', '1');
  }
  return reply.code(status).send(body);
}
