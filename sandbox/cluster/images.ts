import { fileURLToPath } from "node:url";

/** The local program of a container image, with the environment that its node sets. */
export interface Program {
  /** The TypeScript file that the image's entry point runs. */
  main: string;
  /** Environment that lets a process listen on its own loopback port, where a pod would have its own address. */
  listen?: {
    host: string;
    /** Of the first container port. */
    port: string;
    /** Of other container ports, by their names. @default none */
    others?: Readonly<Record<string, string>>;
  };
  /** Variables whose names of Services are no addresses to call, and stay as they are. @default none */
  verbatim?: readonly string[];
  /**
   * Whether the pod reaches Google's endpoints and the metadata server. Encoders do not: in the cloud their network policy
   * lets out DNS, the coordinator and the storage hosts only.
   */
  google: boolean;
  /** Environment that counts more than the pod's own: what this machine need not have, unlike a node. */
  here?: Readonly<Record<string, string>>;
}

const services = new URL("../../services/", import.meta.url);
const program = (path: string): string => fileURLToPath(new URL(path, services));

/** By the last part of the repository name. */
const programs: Readonly<Record<string, Program>> = {
  coordinator: {
    main: program("coordinator/main.ts"),
    listen: { host: "MPEGFLOW_HOST", port: "MPEGFLOW_PORT", others: { http: "MPEGFLOW_PLAINTEXT_PORT" } },
    verbatim: ["MPEGFLOW_TLS_NAMES"],
    google: true,
  },
  worker: {
    main: program("worker/main.ts"),
    listen: { host: "MPEGFLOW_HEALTH_HOST", port: "MPEGFLOW_HEALTH_PORT" },
    google: false,
    here: { MPEGFLOW_ISOLATION: "auto" },
  },
};

/** @throws Error naming the images that the sandbox can run */
export function programOf(image: string): Program {
  const repository = image.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
  const found = programs[repository.slice(repository.lastIndexOf("/") + 1)];
  if (found === undefined) {
    throw new Error(
      `the sandbox cannot run the image ${image}: it runs images whose repository ends in ${Object.keys(programs).join(" or ")}`,
    );
  }
  return found;
}
