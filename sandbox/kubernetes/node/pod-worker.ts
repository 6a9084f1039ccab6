import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { podSpecSchema, startPod, type Pod, type PodHost } from "../../cluster/index.ts";
import { ApiError, unlessMissing, type ApiClient, type KubeObject } from "../client/index.ts";
import { podStatus } from "./pod-status.ts";

/** One pod that is bound to a node of ours, from its start until it is gone from the API server. */
export interface PodWorker {
  /** Undefined for a pod that cannot run here. */
  pod: Pod | undefined;
  /** Acts on a change of the pod's object: its deletion. */
  update: (object: KubeObject) => void;
  /** Its object is gone, or its node: ends it at once or within its grace. */
  end: (graceSeconds?: number) => Promise<void>;
}

/** Milliseconds in which changes of a pod's status become one report. */
const reportMs = 50;
const retryMs = 1000;
const annotationsOf = z.record(z.string(), z.string()).default({});

/**
 * Runs a pod and reports its status, as a kubelet does.
 *
 * @param ip the pod's address
 * @param lost whether the pod ran before this node started: its processes are gone
 */
export function runPod(
  client: ApiClient,
  object: KubeObject,
  options: { ip: string; nodeName: string; host: PodHost; lost: boolean; report: (problem: string) => void },
): PodWorker {
  const { ip, nodeName, host, lost, report } = options;
  const { name, namespace = "default", uid = "" } = object.metadata;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const startTime = new Date().toISOString();
  let conditions: ReturnType<typeof podStatus>["conditions"] = [];
  let deletion: number | undefined;
  let due: Promise<void> | undefined;
  let gone = false;

  const patchStatus = async (status: object): Promise<void> => {
    while (!gone) {
      try {
        await client.patch(`${path}/status`, "strategic", { metadata: { uid }, status });
        return;
      } catch (error) {
        // Another pod of that name, or none.
        if (error instanceof ApiError && (error.code === 404 || error.code === 409)) return;
        if (error instanceof ApiError && error.code < 500 && error.code !== 429) {
          report(`pod ${namespace}/${name}: its status cannot be reported: ${error.message}`);
          return;
        }
        await sleep(retryMs);
      }
    }
  };
  const fail = (reason: string, message: string): Promise<void> =>
    patchStatus({ phase: "Failed", reason, message, startTime });

  const reportNow = async (pod: Pod): Promise<void> => {
    const status = podStatus(
      pod.status(),
      { ip, hostIp: "127.0.0.1", startTime },
      conditions,
      new Date().toISOString(),
    );
    ({ conditions } = status);
    await patchStatus(status);
  };
  /** Reports one after another; what changes meanwhile is in the next. */
  const changed = (): void => {
    if (pod === undefined || gone) return;
    const running = pod;
    due ??= (async () => {
      await sleep(reportMs);
      due = undefined;
      reporting = reporting.then(() => reportNow(running));
      await reporting;
    })();
  };
  let reporting: Promise<void> = Promise.resolve();
  let pod: Pod | undefined;

  const start = (): void => {
    try {
      const spec = podSpecSchema.parse(object.spec);
      if (lost && spec.restartPolicy === "Never") {
        void fail("ContainerStatusUnknown", "its node was restarted while it ran");
        return;
      }
      const { labels, annotations } = object.metadata;
      pod = startPod(
        {
          name,
          namespace,
          uid,
          labels: annotationsOf.parse(labels),
          annotations: annotationsOf.parse(annotations),
          serviceAccount: spec.serviceAccountName,
          nodeName,
          ip,
          hostIp: "127.0.0.1",
        },
        spec,
        host,
        () => {
          changed();
        },
      );
      changed();
    } catch (error) {
      const message = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
      void fail("UnexpectedAdmissionError", `the sandbox's node cannot run this pod: ${message}`);
    }
  };

  const finish = async (graceSeconds: number): Promise<void> => {
    await pod?.stop(graceSeconds);
    if (gone) return;
    await due;
    await reporting;
    if (pod !== undefined) await reportNow(pod);
    // Only the node may say that the pod's containers are gone for sure.
    await unlessMissing(client.delete(path, { gracePeriodSeconds: 0, preconditions: { uid } })).catch(
      (error: unknown) => {
        if (!(error instanceof ApiError && error.code === 409))
          report(`pod ${namespace}/${name}: ${String(error)}`);
      },
    );
  };
  const update = ({ metadata }: KubeObject): void => {
    if (metadata.deletionTimestamp === undefined) return;
    const grace = metadata.deletionGracePeriodSeconds ?? 30;
    if (deletion === undefined) {
      deletion = grace;
      void finish(grace);
    } else if (grace < deletion) {
      deletion = grace;
      void pod?.stop(grace);
    }
  };

  if (object.metadata.deletionTimestamp === undefined) start();
  else update(object);
  return {
    get pod() {
      return pod;
    },
    update,
    end: async (graceSeconds) => {
      gone = true;
      await pod?.stop(graceSeconds);
    },
  };
}
