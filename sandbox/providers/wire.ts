import grpc from "@grpc/grpc-js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import status from "@pulumi/pulumi/proto/status_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import type { Change } from "./difference.ts";
import type { Unready } from "./unready.ts";
import type { Properties } from "./values.ts";

export const toProperties = (message: struct.Struct | undefined): Properties => message?.toJavaScript() ?? {};

export const toStruct = (properties: Properties): struct.Struct => struct.Struct.fromJavaScript(properties);

const { Kind } = messages.PropertyDiff;
const kinds = {
  add: [Kind.ADD, Kind.ADD_REPLACE],
  delete: [Kind.DELETE, Kind.DELETE_REPLACE],
  update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
} as const;

export function toPropertyDiff(
  changes: readonly Change[],
  deleteBeforeReplace: boolean,
): messages.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  const topLevel = (some: readonly Change[]): string[] => [
    ...new Set(some.map(({ path }) => /^[^.[]*/.exec(path)?.[0] ?? path)),
  ];
  const response = new messages.DiffResponse();
  response.setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setDiffsList(topLevel(changes));
  response.setReplacesList(topLevel(changes.filter(({ replaces }) => replaces)));
  response.setDeletebeforereplace(deleteBeforeReplace);
  response.setHasdetaileddiff(true);
  for (const { path, kind, replaces } of changes) {
    const detail = new messages.PropertyDiff();
    detail.setKind(kinds[kind][replaces ? 1 : 0]);
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(path, detail);
  }
  return response;
}

/** "It exists, but does not work": the engine keeps it in the state and fails the update. */
export function initialisationFailure(unready: Unready): Partial<grpc.ServiceError> {
  const detail = new messages.ErrorResourceInitFailed();
  detail.setId(unready.id);
  detail.setInputs(toStruct(unready.inputs));
  detail.setProperties(toStruct(unready.state));
  detail.setReasonsList([unready.message]);
  const packed = new any.Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const rich = new status.Status();
  rich.setCode(grpc.status.UNKNOWN);
  rich.setMessage(unready.message);
  rich.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(rich.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: unready.message, metadata };
}
