import grpc from "@grpc/grpc-js";
import monitorService from "@pulumi/pulumi/proto/resource_grpc_pb.js";

/** Changes a call between program and engine. Messages are protobuf bytes. */
export interface Interceptor {
  /** Before the engine gets a request: what it gets. */
  before?: (request: Buffer) => Promise<Buffer> | Buffer;
  /** After the engine's answer: what the program gets. */
  after?: (answer: Buffer, request: Buffer) => Buffer;
  /** In place of this method of the engine, another one of it, and what the program gets of its answer. @default this method */
  instead?: (
    request: Buffer,
  ) => { method: string; request: Buffer; answer: (answer: Buffer) => Buffer } | undefined;
}

export interface MonitorProxy {
  /** For the program: `127.0.0.1:40000`. */
  readonly address: string;
  close(): void;
}

const unlimited = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
const asItIs = (bytes: Buffer): Buffer => bytes;

/**
 * Stands between a program and the engine's resource monitor, and forwards every call, changed only by the interceptors.
 *
 * @param engine the monitor's address
 * @param interceptors by method: "Invoke"
 */
export async function proxyMonitor(
  engine: string,
  interceptors: Readonly<Record<string, Interceptor>>,
): Promise<MonitorProxy> {
  const client = new grpc.Client(engine, grpc.credentials.createInsecure(), unlimited);
  const server = new grpc.Server(unlimited);
  const pass = (path: string, request: Buffer, metadata: grpc.Metadata): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(path, asItIs, asItIs, request, metadata, (error, answer) => {
        if (error) reject(error);
        else resolve(answer ?? Buffer.alloc(0));
      });
    });
  const methods = Object.entries(monitorService.ResourceMonitorService).map(([name, { path }]) => ({
    name,
    path,
    method: path.slice(path.lastIndexOf("/") + 1),
  }));
  const pathOf = (method: string): string => methods.find((one) => one.method === method)?.path ?? "";
  const handle = async (
    { path, method }: (typeof methods)[number],
    given: Buffer,
    metadata: grpc.Metadata,
  ): Promise<Buffer> => {
    const interceptor = interceptors[method];
    const other = interceptor?.instead?.(given);
    if (other !== undefined) return other.answer(await pass(pathOf(other.method), other.request, metadata));
    const request = (await interceptor?.before?.(given)) ?? given;
    const answer = await pass(path, request, metadata);
    return interceptor?.after?.(answer, request) ?? answer;
  };
  server.addService(
    Object.fromEntries(
      methods.map(({ name, path }) => [
        name,
        {
          path,
          requestStream: false,
          responseStream: false,
          requestSerialize: asItIs,
          requestDeserialize: asItIs,
          responseSerialize: asItIs,
          responseDeserialize: asItIs,
        },
      ]),
    ),
    Object.fromEntries(
      methods.map((one) => [
        one.name,
        (call: grpc.ServerUnaryCall<Buffer, Buffer>, callback: grpc.sendUnaryData<Buffer>) => {
          handle(one, call.request, call.metadata).then(
            (answer) => {
              callback(null, answer);
            },
            (error: unknown) => {
              callback(error as grpc.ServiceError);
            },
          );
        },
      ]),
    ),
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return {
    address: `127.0.0.1:${port}`,
    close: () => {
      client.close();
      server.forceShutdown();
    },
  };
}
