import grpc from "@grpc/grpc-js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import monitorService from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import resource from "@pulumi/pulumi/proto/resource_pb.js";
import type { RecordAssumption } from "./assumptions.ts";
import type { Properties } from "./values.ts";
import { toProperties, toStruct } from "./wire.ts";

/** A resource that a component declares. */
export interface Child {
  type: string;
  name: string;
  inputs: Properties;
}

/**
 * The resources of a component, as its inputs tell them; undefined where they do not.
 *
 * @throws Refusal when the inputs are wrong
 */
export type ChildrenOf = (type: string, name: string, inputs: Properties) => readonly Child[] | undefined;

export interface ConstructOptions {
  take: RecordAssumption;
  childrenOf: ChildrenOf | undefined;
  /** Of the provider. */
  version: string;
}

/**
 * Declares a component that its provider makes, in a preview: the component itself, and those of its resources that its inputs tell. Its
 * outputs are unknown.
 */
export async function construct(
  request: messages.ConstructRequest,
  { take, childrenOf, version }: ConstructOptions,
): Promise<messages.ConstructResponse> {
  const monitor = new monitorService.ResourceMonitorClient(
    request.getMonitorendpoint(),
    grpc.credentials.createInsecure(),
    { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 },
  );
  try {
    const inputs = toProperties(request.getInputs());
    const urn = await register(monitor, componentRequest(request));
    const children = childrenOf?.(request.getType(), request.getName(), inputs);
    if (children === undefined) take("unrendered", request.getType(), urn);
    const provider = request.getProvidersMap().get(packageOf(request.getType())) ?? "";
    await Promise.all(
      (children ?? []).map((child) =>
        register(
          monitor,
          requestOf(child).setParent(urn).setCustom(true).setProvider(provider).setVersion(version),
        ),
      ),
    );
    await registerOutputs(monitor, urn);
    return new messages.ConstructResponse().setUrn(urn).setState(toStruct({}));
  } finally {
    monitor.close();
  }
}

function componentRequest(request: messages.ConstructRequest): resource.RegisterResourceRequest {
  const component = requestOf({
    type: request.getType(),
    name: request.getName(),
    inputs: toProperties(request.getInputs()),
  });
  return component
    .setParent(request.getParent())
    .setDependenciesList(request.getDependenciesList())
    .setAliasesList(request.getAliasesList())
    .setProtect(request.getProtect() === true);
}

function requestOf({ type, name, inputs }: Child): resource.RegisterResourceRequest {
  return new resource.RegisterResourceRequest()
    .setType(type)
    .setName(name)
    .setObject(toStruct(inputs))
    .setAcceptsecrets(true)
    .setAcceptresources(true)
    .setSupportspartialvalues(true)
    .setAliasspecs(true);
}

/** @returns the URN */
function register(
  monitor: monitorService.ResourceMonitorClient,
  request: resource.RegisterResourceRequest,
): Promise<string> {
  return new Promise((resolve, reject) => {
    monitor.registerResource(request, (error, answer) => {
      if (error) reject(error);
      else resolve(answer.getUrn());
    });
  });
}

function registerOutputs(monitor: monitorService.ResourceMonitorClient, urn: string): Promise<void> {
  const request = new resource.RegisterResourceOutputsRequest().setUrn(urn).setOutputs(toStruct({}));
  return new Promise((resolve, reject) => {
    monitor.registerResourceOutputs(request, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/** "kubernetes" of `kubernetes:yaml/v2:ConfigFile`. */
export const packageOf = (token: string): string => token.slice(0, Math.max(0, token.indexOf(":")));
