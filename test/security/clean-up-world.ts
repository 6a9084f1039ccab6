/** Jobs, workers, clients and strangers around one bucket, who note who wrote what. */
import {
  type Broker,
  cancel,
  claimNext,
  cleanUp,
  complete,
  completeMultipart,
  fail,
  Problem,
  release,
  startMultipart,
  submit,
  urls,
} from "../../services/coordinator/index.ts";
import { withoutAttemptId } from "../../services/coordinator/attempt-place.ts";
import { isFinal, type SignedRequest } from "../../services/protocol/index.ts";
import { bucket, createWorld, jobRequest, media, worker, type World } from "../unit/coordinator/world.ts";

/** Addresses that contain one another, and inputs in the middle of them. */
export const outputPrefixes = [
  "outputs/",
  "outputs/a/",
  "outputs/a/1/",
  "mezzanines/",
  "mezzanines/1/",
  ".mpegflow/",
];
export const inputs = [
  "mezzanines/clip.mp4",
  "mezzanines/1/master.mov",
  "outputs/a/1/film.mp4",
  "outputs/b.mov",
];
export const outputNames = ["a.mp4", "1/a.mp4", "film.mp4"];

export interface Job {
  readonly id: string;
  readonly input: string;
  readonly outputPrefix: string;
  /** By `POST /v1/jobs`, or by a message that nobody has looked at. */
  readonly by: "api" | "topic";
}

interface Lease {
  readonly job: string;
  readonly attempt: number;
  readonly token: string;
  /** Leased as an older release did, below `{outputPrefix}{attempt}/`. */
  readonly isOld: boolean;
}

interface Author {
  readonly job: string | undefined;
  readonly attempt: number;
  readonly isOld: boolean;
}
const stranger: Author = { job: undefined, attempt: 0, isOld: false };

const never = new AbortController().signal;
const versionOf = (name: string, generation: string): string => `${name}#${generation}`;

export class Studio {
  readonly world: World = createWorld();
  readonly leases: Lease[] = [];
  readonly authors = new Map<string, Author>();
  readonly uploads: { upload: string; lease: Lease; name: string; parts: number }[] = [];
  /** Objects that clean-up has removed and should have. */
  removed = 0;
  /** What clean-up has removed and should not have. */
  readonly wronged: string[] = [];
  /** Called before clean-up removes an object: others work on meanwhile. */
  meanwhile: (() => void) | undefined;

  constructor() {
    for (const name of inputs) this.put(name, stranger);
  }

  broker(): Broker {
    const broker = this.world.replica();
    const { objects } = broker;
    return {
      ...broker,
      objects: {
        ...objects,
        remove: async (object, key) => {
          const meanwhile = this.meanwhile;
          this.meanwhile = undefined;
          meanwhile?.();
          return objects.remove(object, key);
        },
      },
    };
  }

  put(name: string, author: Author, writer?: string): void {
    this.world.putObject(name, 3, writer);
    const generation = this.world.objects.get(name)?.generation ?? "";
    this.authors.set(versionOf(name, generation), author);
  }

  /** Somebody who has rights of their own in the bucket. */
  strangerPuts(name: string): void {
    this.put(name, stranger);
  }

  async bring(job: Job): Promise<void> {
    const request = jobRequest(job.id, {
      input: `gs://${bucket}/${job.input}`,
      outputPrefix: `gs://${bucket}/${job.outputPrefix}`,
    });
    if (job.by === "topic") this.world.publish(request);
    else await submit(this.broker(), request);
  }

  async claim(isOld: boolean): Promise<void> {
    const lease = await claimNext(this.broker(), this.world.backlog, { worker, waitSeconds: 0 }, never);
    if (lease === undefined) return;
    const { jobId: job, attempt, token } = lease;
    if (isOld) {
      const record = this.world.record(job);
      if (record === undefined) throw new Error("a leased job has no record");
      const attemptIds = withoutAttemptId(record, attempt);
      this.world.setRecord({ ...record, attemptIds });
    }
    this.leases.push({ job, attempt, token, isOld });
  }

  /** What a worker does with one signed request: the store takes it with the headers that were signed, or not at all. */
  private send(lease: Lease, signed: SignedRequest): void {
    const name = decodeURIComponent(new URL(signed.url).pathname).slice(`/${bucket}/`.length);
    if (signed.headers["x-goog-if-generation-match"] === "0" && this.world.objects.has(name)) return;
    this.put(name, lease, signed.headers["x-goog-meta-mpegflow-attempt"]);
  }

  async write(lease: Lease, name: string): Promise<void> {
    if (lease.isOld) {
      const { outputPrefix } = this.world.record(lease.job)?.request ?? jobRequest();
      const whole = `${outputPrefix}${lease.attempt}/${name}`.slice(`gs://${bucket}/`.length);
      if (!this.world.objects.has(whole)) this.put(whole, lease);
      return;
    }
    const { outputs } = await urls(this.broker(), lease.job, lease.token, {
      input: false,
      outputs: [{ name, contentType: "video/mp4", size: 3 }],
    });
    for (const signed of outputs) this.send(lease, signed);
  }

  async startParts(lease: Lease, name: string): Promise<void> {
    if (lease.isOld) return;
    const started = { name, contentType: "video/mp4", size: 3 };
    const { upload } = await startMultipart(this.broker(), lease.job, lease.token, started);
    this.uploads.push({ upload, lease, name, parts: 3 });
  }

  async completeParts(index: number): Promise<void> {
    const one = this.uploads[index % Math.max(1, this.uploads.length)];
    if (one === undefined) return;
    const { lease, name, upload } = one;
    const parts = [1, 2, 3].map((number) => ({ number, etag: "e" }));
    const whole = this.world.outputName(name, lease.attempt, lease.job);
    const before = this.world.objects.get(whole)?.generation;
    try {
      const told = { upload, parts, size: 3, crc32c: "AAAAAA==" };
      await completeMultipart(this.broker(), lease.job, lease.token, told);
    } finally {
      const made = this.world.objects.get(whole);
      if (made !== undefined && made.generation !== before)
        this.authors.set(versionOf(whole, made.generation), lease);
    }
  }

  async end(lease: Lease, how: "complete" | "fail" | "give up" | "release" | "cancel"): Promise<void> {
    const broker = this.broker();
    const { job, attempt, token } = lease;
    const error = { code: "encode-failed", message: "ffmpeg ended with 1." };
    switch (how) {
      case "cancel":
        await cancel(broker, job);
        return;
      case "release":
        await release(broker, job, token);
        return;
      case "fail":
      case "give up":
        await fail(broker, job, token, { error, retryable: how === "fail" });
        return;
      case "complete": {
        if (lease.isOld) return;
        const below = this.world.outputName("", attempt, job);
        const written = [...this.world.objects.keys()].filter((name) => name.startsWith(below));
        const outputs = written
          .map((name) => ({ name: name.slice(below.length), size: 3 }))
          .filter(({ name }) => outputNames.includes(name));
        if (outputs.length > 0)
          await complete(broker, job, token, { media: { ...media, renditions: [] }, outputs });
      }
    }
  }

  async clean(): Promise<void> {
    const before = new Map([...this.world.objects].map(([name, { generation }]) => [name, generation]));
    await cleanUp(this.broker());
    for (const [name, generation] of before) {
      const version = versionOf(name, generation);
      if (this.world.objects.get(name)?.generation === generation || this.replaced.has(version)) continue;
      if (this.mayRemove(name, generation)) this.removed += 1;
      else this.wronged.push(version);
    }
  }

  /** Generations that strangers replaced while clean-up was at work. */
  readonly replaced = new Set<string>();
  replace(name: string): void {
    const old = this.world.objects.get(name);
    if (old === undefined) return;
    this.replaced.add(versionOf(name, old.generation));
    this.strangerPuts(name);
  }

  private isLost({ job, attempt }: Author): boolean {
    const record = job === undefined ? undefined : this.world.record(job);
    return (
      record !== undefined &&
      isFinal(record.state) &&
      !(record.state === "succeeded" && record.attempt === attempt)
    );
  }

  /** Only what a lost attempt of a job that has ended wrote itself. */
  private mayRemove(name: string, generation: string): boolean {
    const author = this.authors.get(versionOf(name, generation));
    return author?.job !== undefined && !author.isOld && this.isLost(author);
  }

  /** What a finished clean-up should have removed. */
  left(): string[] {
    return [...this.world.objects]
      .filter(([name, { generation }]) => this.mayRemove(name, generation))
      .map(([name]) => name);
  }

  /** Inputs and strangers' objects that are not there any more. */
  gone(): string[] {
    return inputs.filter((name) => !this.world.objects.has(name));
  }
}

/** Faults of the world and refusals are what callers must live with; anything else is a defect. */
export function tolerate(reason: unknown): void {
  if (reason instanceof Problem) return;
  if (reason instanceof Error && reason.message.endsWith("is unavailable")) return;
  throw reason;
}
