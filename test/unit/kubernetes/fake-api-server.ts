import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { TLSSocket } from "node:tls";
import { certificateAuthority } from "../../../services/certificates/index.ts";
import type { ApiAccess } from "../../../sandbox/kubernetes/client/index.ts";

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  /** Common name of the client's certificate. */
  readonly client: string | undefined;
  readonly body: unknown;
}
export interface Answer {
  readonly status?: number;
  readonly body: unknown;
}

/** Speaks HTTPS as an API server does, and answers what a test says: chunks of a watch one after another. */
export interface FakeApiServer {
  /** By `METHOD /path`; what is not there is answered with the Status that an API server gives. */
  readonly answers: Map<string, Answer | ((call: Call) => Answer) | { readonly chunks: readonly string[] }>;
  readonly calls: Call[];
  readonly access: ApiAccess;
  /** Of a client with a certificate. */
  certified(commonName: string): Promise<ApiAccess>;
  close(): Promise<void>;
}

export async function fakeApiServer(): Promise<FakeApiServer> {
  const authority = await certificateAuthority("fake cluster");
  const own = await authority.issue({ commonName: "kube-apiserver", hosts: ["127.0.0.1"] });
  const answers: FakeApiServer["answers"] = new Map();
  const calls: Call[] = [];
  const server: Server = createServer(
    {
      cert: own.certificate,
      key: own.key,
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      let text = "";
      request.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      request.on("end", () => {
        const url = new URL(request.url ?? "/", "https://127.0.0.1");
        const { socket } = request;
        const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate() : undefined;
        const call: Call = {
          method: request.method ?? "",
          path: url.pathname,
          query: Object.fromEntries(url.searchParams),
          contentType: request.headers["content-type"],
          authorization: request.headers.authorization,
          client: certificate?.subject === undefined ? undefined : String(certificate.subject.CN),
          body: text === "" ? undefined : JSON.parse(text),
        };
        calls.push(call);
        const set = answers.get(`${call.method} ${call.path}`);
        if (set !== undefined && "chunks" in set) {
          void (async () => {
            for (const chunk of set.chunks) {
              response.write(chunk);
              await new Promise((resolve) => setTimeout(resolve, 5));
            }
            response.end();
          })();
          return;
        }
        const { status = 200, body } = (typeof set === "function" ? set(call) : set) ?? notFound(call);
        response.writeHead(status);
        response.end(typeof body === "string" ? body : JSON.stringify(body));
      });
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const access = {
    server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: authority.certificate,
  };
  return {
    answers,
    calls,
    access,
    certified: async (commonName) => ({ ...access, ...(await authority.issue({ commonName })) }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

const notFound = ({ path }: Call): Answer => ({
  status: 404,
  body: { kind: "Status", reason: "NotFound", message: `${path} not found`, code: 404 },
});

/** The answer to discovery of a group, of these kinds. */
export const resources = (
  ...kinds: readonly { name: string; kind: string; namespaced: boolean }[]
): Answer => ({
  body: { kind: "APIResourceList", resources: kinds },
});
