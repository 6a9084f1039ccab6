import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import grpc from "@grpc/grpc-js";
import service from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { attachProviders, type AttachedProviders } from "../../../sandbox/preview/attached-providers.ts";
import { providerModels } from "../../../sandbox/providers/models.ts";
import type { Properties } from "../../../sandbox/providers/values.ts";

let directory: string;
let providers: AttachedProviders;
let clients: grpc.Client[];
beforeEach(async () => {
  clients = [];
  directory = mkdtempSync(join(tmpdir(), "mpegflow-attached-"));
  providers = await attachProviders(process.env);
  providers.start(directory);
});
afterEach(() => {
  for (const client of clients) client.close();
  providers.close();
  rmSync(directory, { recursive: true });
});

const portOf = (name: string): number => {
  const settings = (providers.environment["PULUMI_DEBUG_PROVIDERS"] ?? "").split(",");
  return Number(new Map(settings.map((one) => one.split(":") as [string, string])).get(name));
};

/** One connection of an engine. */
function attach(name: string): service.ResourceProviderClient {
  const client = new service.ResourceProviderClient(
    `127.0.0.1:${portOf(name)}`,
    grpc.credentials.createInsecure(),
    // Else clients of one process share a connection.
    { "grpc.use_local_subchannel_pool": 1 },
  );
  clients.push(client);
  return client;
}

const configure = (client: service.ResourceProviderClient, args: Properties): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = new messages.ConfigureRequest().setArgs(struct.Struct.fromJavaScript(args));
    client.configure(request, (error: Error | null) => {
      if (error) reject(error);
      else resolve();
    });
  });

/** What a preview says of an account that is to be made. */
const preview = (client: service.ResourceProviderClient): Promise<Properties> =>
  new Promise((resolve, reject) => {
    const request = new messages.CreateRequest()
      .setUrn("urn:pulumi:dev::shop::gcp:serviceaccount/account:Account::worker")
      .setProperties(struct.Struct.fromJavaScript({ accountId: "worker" }))
      .setPreview(true);
    client.create(request, (error: Error | null, response: messages.CreateResponse) => {
      if (error) reject(error);
      else resolve(response.getProperties()?.toJavaScript() ?? {});
    });
  });

/** What is wrong with an image of that context. */
const buildProblems = (location: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const request = new messages.CheckRequest()
      .setUrn("urn:pulumi:dev::shop::docker-build:index:Image::image")
      .setNews(struct.Struct.fromJavaScript({ push: false, context: { location } }));
    attach("docker-build").check(request, (error: Error | null, response: messages.CheckResponse) => {
      if (error) reject(error);
      else
        resolve(
          response
            .getFailuresList()
            .map((failure) => failure.getReason())
            .join("\n"),
        );
    });
  });

describe("The providers that an engine attaches to", () => {
  test("are all that the sandbox has", () => {
    const directory = fileURLToPath(new URL("../../../sandbox/providers", import.meta.url));
    const names = readdirSync(directory).filter((name) => existsSync(`${directory}/${name}/main.ts`));
    expect(Object.keys(providerModels).sort()).toEqual(names.sort());
  });

  test("are those of their names", async () => {
    const loaded = await Promise.all(
      Object.entries(providerModels).map(async ([name, load]) => [name, (await load()).name]),
    );
    expect(loaded).toEqual(Object.keys(providerModels).map((name) => [name, name]));
  });

  test("keep the configurations of two connections apart", async () => {
    const [one, other] = [attach("gcp"), attach("gcp")];
    await configure(one, { project: "project-one" });
    await configure(other, { project: "project-other" });
    expect(await preview(one)).toMatchObject({ email: "worker@project-one.iam.gserviceaccount.com" });
    expect(await preview(other)).toMatchObject({ email: "worker@project-other.iam.gserviceaccount.com" });
  });

  test("look for files where the program does", async () => {
    mkdirSync(join(directory, "app"));
    writeFileSync(join(directory, "app", "Dockerfile"), "FROM scratch\n");
    expect(await buildProblems("app")).not.toContain("is no directory");
    expect(await buildProblems("missing")).toContain("is no directory");
  });

  test("end with their preview", async () => {
    const attached = attach("random");
    await configure(attached, {});
    const port = portOf("random");
    providers.close();
    const refused = new Promise((resolve) => {
      connect(port, "127.0.0.1").on("error", resolve);
    });
    expect(await refused).toMatchObject({ code: "ECONNREFUSED" });
    await expect(configure(attached, {})).rejects.toThrow("UNAVAILABLE");
  });
});
