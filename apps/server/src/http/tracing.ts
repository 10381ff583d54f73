import type { Attributes, Context, Link, Span } from '@opentelemetry/api';
import type { Reason } from '@reeldesk/db/errors';
import { catalogue } from '@reeldesk/db/errors';
import type { TraceSharedStatement } from '@reeldesk/db/shared-statements';
import type { FastifyInstance, FastifyRequest } from 'fastify';

export interface TracingOptions {
  /** Where spans are sent to, by OTLP over HTTP. */
  endpoint: string;
  serviceName: string;
}

export interface Tracing {
  /** A span for each request, in the trace that its `traceparent` names. */
  register(app: FastifyInstance): void;
  /** A span for a call, below its request's; the database's spans lie below it. */
  traceCall<R extends { reason: Reason | null }>(
    request: FastifyRequest,
    procedure: string,
    run: () => Promise<R>,
  ): Promise<R>;
  /**
   * A span for each call of a statement that several share, below the call's own. The database's spans lie below the
   * first's, to which the others link, in whichever trace it is.
   */
  traceSharedStatement: TraceSharedStatement;
  /** Sends what is left. */
  stop(): Promise<void>;
}

/** OpenTelemetry, loaded only here. Statements are named in the spans, what was given to them is not. */
export async function startTracing({ endpoint, serviceName }: TracingOptions): Promise<Tracing> {
  const [{ context, propagation, SpanKind, SpanStatusCode, trace }, sdk, exporters, resources, prisma] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
      import('@prisma/instrumentation'),
    ]);
  const exporter = new exporters.OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
  const provider = new sdk.NodeTracerProvider({
    resource: resources.resourceFromAttributes({ 'service.name': serviceName }),
    spanProcessors: [new sdk.BatchSpanProcessor(exporter)],
  });
  provider.register();
  const instrumentation = new prisma.PrismaInstrumentation();
  instrumentation.setTracerProvider(provider);
  instrumentation.enable();
  const tracer = trace.getTracer('reeldesk');
  const contexts = new WeakMap<FastifyRequest, Context>();

  const end = (span: Span, isFault: boolean, attributes: Attributes) => {
    span.setAttributes(attributes);
    if (isFault) {
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end();
  };
  return {
    register: (app) => {
      app.addHook('onRequest', (request, reply, done) => {
        const span = tracer.startSpan(
          `${request.method} ${request.routeOptions.url ?? 'none'}`,
          {
            kind: SpanKind.SERVER,
            attributes: {
              'http.request.method': request.method,
              'http.route': request.routeOptions.url ?? 'none',
              'url.path': request.url.split('?', 1)[0] ?? '',
              'reeldesk.request_id': request.id,
            },
          },
          propagation.extract(context.active(), request.headers),
        );
        request.traceId = span.spanContext().traceId;
        const active = trace.setSpan(context.active(), span);
        contexts.set(request, active);
        reply.raw.once('close', () => {
          end(span, reply.statusCode >= 500, { 'http.response.status_code': reply.statusCode });
        });
        context.with(active, done);
      });
      // Reading a body loses the context of the hooks before it.
      app.addHook('preHandler', (request, _reply, done) => {
        context.with(contexts.get(request) ?? context.active(), done);
      });
    },
    traceCall: (request, procedure, run) => {
      const parent = contexts.get(request) ?? context.active();
      const attributes = { 'rpc.system': 'trpc', 'rpc.method': procedure, 'reeldesk.request_id': request.id };
      return context.with(parent, () =>
        tracer.startActiveSpan(procedure, { attributes }, async (span) => {
          try {
            const answer = await run();
            const { reason } = answer;
            end(span, reason !== null && catalogue[reason].status >= 500, {
              ...(request.caller && { 'reeldesk.caller': request.caller.actor.kind }),
              ...(reason !== null && { 'reeldesk.reason': reason }),
            });
            return answer;
          } catch (error) {
            end(span, true, {});
            throw error;
          }
        }),
      );
    },
    traceSharedStatement: async (calls, send) => {
      const [carrier, ...others] = calls;
      const start = (links: Link[]) =>
        tracer.startSpan('shared statement', { attributes: { 'reeldesk.shared_calls': calls.length }, links });
      const carried = carrier.runInAsyncScope(() => start([]));
      const links = [{ context: carried.spanContext() }];
      const spans = [carried, ...others.map((call) => call.runInAsyncScope(() => start(links)))];
      let isFault = true;
      try {
        const answers = await carrier.runInAsyncScope(() =>
          context.with(trace.setSpan(context.active(), carried), send),
        );
        isFault = false;
        return answers;
      } finally {
        for (const span of spans) {
          end(span, isFault, {});
        }
      }
    },
    stop: async () => {
      instrumentation.disable();
      await provider.shutdown();
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}
