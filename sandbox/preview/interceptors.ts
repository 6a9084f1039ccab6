import { existsSync } from "node:fs";
import { join } from "node:path";
import resource from "@pulumi/pulumi/proto/resource_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import type { Workspace } from "../engine/index.ts";
import { packageOf } from "../providers/construct.ts";
import { unknownFields } from "../providers/preview-provider.ts";
import type { RecordAssumption } from "../providers/assumptions.ts";
import {
  containsSecret,
  containsUnknown,
  isList,
  isObject,
  unknown,
  type Properties,
  type Value,
} from "../providers/values.ts";
import { unknownAnswer } from "./answers.ts";
import type { Interceptor } from "./monitor-proxy.ts";

export interface InterceptorOptions {
  readonly workspace: Workspace;
  /** The program's directory. */
  readonly directory: string;
  /** Makes a provider of that name and version available to the engine; "" for any version. */
  readonly provide: (name: string, version: string) => void;
  readonly recordAssumption: RecordAssumption;
  /** Whether there is no cloud, so that providers reach nothing. */
  readonly cloudless: boolean;
  /** Whether the resource with this URN has no model and is assumed to be as declared. */
  readonly isAssumed: (urn: string) => boolean;
}

/** Interceptors for the preview of any stack. */
export function previewInterceptors(options: InterceptorOptions): Readonly<Record<string, Interceptor>> {
  const { directory, provide } = options;
  /** A package with a reference was provided when it was registered. */
  const provideFor = (token: string, version: string, packageReference: string): void => {
    if (packageReference === "") provide(providedBy(token), version);
  };
  return {
    RegisterPackage: {
      before: (bytes) => {
        const request = resource.RegisterPackageRequest.deserializeBinary(bytes);
        provide(request.getName(), request.getVersion());
        return bytes;
      },
    },
    RegisterResource: {
      before: (bytes) => {
        const request = resource.RegisterResourceRequest.deserializeBinary(bytes);
        if (request.getCustom() || request.getRemote()) {
          provideFor(request.getType(), request.getVersion(), request.getPackageref());
        }
        return options.cloudless ? withoutUnknownCluster(request, bytes) : bytes;
      },
      after: (bytes) => {
        const answer = resource.RegisterResourceResponse.deserializeBinary(bytes);
        const state = answer.getObject()?.toJavaScript();
        if (state === undefined || !options.isAssumed(answer.getUrn())) return bytes;
        const outputs = struct.Struct.fromJavaScript(withOpenBlocks(state));
        return Buffer.from(answer.setObject(outputs).serializeBinary());
      },
    },
    Call: {
      before: (bytes) => {
        const request = resource.ResourceCallRequest.deserializeBinary(bytes);
        provideFor(request.getTok(), request.getVersion(), request.getPackageref());
        return bytes;
      },
    },
    Invoke: {
      before: (bytes) => {
        const request = resource.ResourceInvokeRequest.deserializeBinary(bytes);
        provideFor(request.getTok(), request.getVersion(), request.getPackageref());
        return bytes;
      },
      after: (bytes, asked) => {
        const answer = resource.ResourceInvokeResponse.deserializeBinary(bytes);
        const known = unknownFields(answer.getReturn()?.toJavaScript() ?? {});
        if (known === undefined) return bytes;
        const token = resource.ResourceInvokeRequest.deserializeBinary(asked).getTok();
        return unknownResponse(token, known, directory);
      },
    },
    ReadResource: {
      before: (bytes) => {
        const request = resource.ReadResourceRequest.deserializeBinary(bytes);
        provideFor(request.getType(), request.getVersion(), request.getPackageref());
        return bytes;
      },
      instead: (bytes) => stubMissingStack(resource.ReadResourceRequest.deserializeBinary(bytes), options),
    },
  };
}

/**
 * The outputs of a resource without a model. A block of arguments may contain outputs, such as the address in a network interface, so the
 * whole block is unknown to the program. Engine and policies still see the arguments. Kubernetes objects have their outputs in `status`.
 */
function withOpenBlocks(state: Properties): Properties {
  if ("apiVersion" in state && "kind" in state) return state;
  return Object.fromEntries(
    Object.entries(state).map(([key, value]) => [
      key,
      isBlock(value) || (isList(value) && value.some(isBlock)) ? unknown : value,
    ]),
  );
}

const isBlock = (value: Value): boolean => isObject(value) && !containsSecret(value);

/**
 * Removes the address of the cluster from a Kubernetes provider if it is not known yet. Otherwise the engine would not configure the
 * provider: it would read no manifest, and the objects would have no outputs for policies to check.
 */
function withoutUnknownCluster(request: resource.RegisterResourceRequest, bytes: Buffer): Buffer {
  if (request.getType() !== "pulumi:providers:kubernetes") return bytes;
  const inputs = request.getObject()?.toJavaScript() ?? {};
  const known = Object.entries(inputs).filter(
    ([key, value]) =>
      !["kubeconfig", "context", "cluster", "clusterIdentifier"].includes(key) || !containsUnknown(value),
  );
  if (known.length === Object.keys(inputs).length) return bytes;
  request.setObject(struct.Struct.fromJavaScript(Object.fromEntries(known)));
  return Buffer.from(request.serializeBinary());
}

/** Explicit providers are resources themselves: `pulumi:providers:aws`. */
function providedBy(token: string): string {
  return /^pulumi:providers:([^:]+)/.exec(token)?.[1] ?? packageOf(token);
}

function unknownResponse(token: string, known: readonly string[], directory: string): Buffer {
  const answer =
    known.length > 0
      ? Object.fromEntries(known.map((field) => [field, unknown]))
      : unknownAnswer(token, directory);
  const response = new resource.ResourceInvokeResponse();
  // Without field names the whole result is unknown. SDKs that do not support this flag see an unknown id.
  if (answer === undefined) response.setUnknown(true);
  return Buffer.from(
    response.setReturn(struct.Struct.fromJavaScript(answer ?? { id: unknown })).serializeBinary(),
  );
}

/**
 * Replaces a reference to a stack that is not here by a component with unknown outputs. The engine could not read the stack and would end
 * the preview.
 */
function stubMissingStack(
  request: resource.ReadResourceRequest,
  { workspace, recordAssumption: take }: InterceptorOptions,
): ReturnType<NonNullable<Interceptor["instead"]>> {
  if (request.getType() !== "pulumi:pulumi:StackReference") return undefined;
  const given = request.getProperties()?.toJavaScript()["name"];
  const name = typeof given === "string" ? given : request.getId();
  if (isSandboxStack(name, workspace)) return undefined;
  take("stack", name);
  const component = new resource.RegisterResourceRequest()
    .setType(request.getType())
    .setName(request.getName())
    .setParent(request.getParent())
    .setDependenciesList(request.getDependenciesList())
    .setObject(struct.Struct.fromJavaScript({ name }));
  return {
    method: "RegisterResource",
    request: Buffer.from(component.serializeBinary()),
    answer: (bytes) => {
      const { urn } = resource.RegisterResourceResponse.deserializeBinary(bytes).toObject();
      const properties = { name, outputs: unknown, secretOutputNames: unknown };
      const response = new resource.ReadResourceResponse()
        .setUrn(urn)
        .setProperties(struct.Struct.fromJavaScript(properties));
      return Buffer.from(response.serializeBinary());
    },
  };
}

/** Whether a stack is one of the sandbox's: `organization/PROJECT/STACK`, as its file backend names it. */
function isSandboxStack(name: string, workspace: Workspace): boolean {
  const [organization, project, stack] = name.split("/");
  return (
    organization === "organization" &&
    project !== undefined &&
    stack !== undefined &&
    existsSync(join(workspace.stateDirectory, ".pulumi", "stacks", project, `${stack}.json`))
  );
}
