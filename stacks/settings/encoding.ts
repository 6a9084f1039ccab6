import { z } from "zod";
import { EncoderInput, EncoderIsolation, HmacKeyState, SignerKind } from "../../components/index.ts";
import { LIMITS } from "../../components/workloads/limits.ts";
import {
  count,
  inPlace,
  json,
  nothing,
  object,
  quantity,
  setting,
  text,
  wholeNumber,
  yes,
  yesOrNo,
} from "../codecs.ts";

/** Keys of what a platform runs, and where. */
export const WORKLOAD_SETTINGS = {
  images: setting(
    {
      type: "object",
      meaning:
        "Images of the two programs, where the stack does not build them. A digest of 64 zeros is a placeholder: previews accept it, updates refuse it.",
      allowed: "an object with coordinator, worker",
      default: "those of `buildImages`; one of the two is required",
      example: "{ coordinator: REGISTRY/coordinator@sha256:…, worker: REGISTRY/worker@sha256:… }",
      effect: inPlace("Deployment"),
    },
    json(object({ coordinator: text("an image reference"), worker: text("an image reference") })).optional(),
  ),
  buildImages: setting(
    {
      type: "object",
      meaning:
        "Builds the images of the two programs by Docker, and pushes them to a repository of the stack's own. A tag is used once and never moved.",
      allowed: "an object with location, tag, arm, keepVersions, deleteAfterDays, mirror",
      default: "images are there, as `images` says",
      example: "{ location: us, tag: 3f1c2aa, mirror: true }",
      effect: { kind: "adds or removes", of: ["Image", "Repository"] },
    },
    json(
      object({
        location: text("a region, us, europe or asia"),
        tag: text("a tag that was never used, such as the commit"),
        arm: yes.exactOptional(),
        keepVersions: count.exactOptional(),
        deleteAfterDays: count.exactOptional(),
        mirror: yes.exactOptional(),
      }),
    ).optional(),
  ),
  imagesByDigest: yesOrNo("Accepts images by digest only, so that what runs is what was reviewed.", nothing),
  coordinatorReplicas: wholeNumber(
    "Coordinators in each region.",
    LIMITS.coordinatorReplicas,
    inPlace("Deployment"),
  ),
  workerReplicas: wholeNumber(
    "Workers in each region, each encoding one job at a time.",
    LIMITS.encoderReplicas,
    inPlace("Deployment"),
  ),
  worker: setting(
    {
      type: "object",
      meaning:
        "What one worker asks of its node, how it reads inputs, its part of a bucket's request rates at the start, and whether a worker starts where ffmpeg cannot be isolated.",
      allowed: "an object with cpu, memory, scratch, scratchStorageClass, input, paceShare, isolation",
      default:
        "4 CPU, 4Gi memory, 20Gi scratch on the node's disk (10Gi in Autopilot), input AUTO, paceShare 1 over the most workers of all regions, isolation AUTO",
      example: "{ cpu: 7500m, memory: 8Gi, scratch: 50Gi }",
      effect: inPlace("Deployment"),
    },
    json(
      object({
        cpu: quantity('a quantity of CPU, quoted, such as "4" or "500m"'),
        memory: quantity('a quantity of memory, such as "4Gi"'),
        scratch: quantity('a quantity of disk, such as "20Gi"').optional(),
        scratchStorageClass: text("the name of a StorageClass").optional(),
        input: z.enum(EncoderInput, { error: Object.values(EncoderInput).join(", ") }).exactOptional(),
        paceShare: count.exactOptional(),
        isolation: z
          .enum(EncoderIsolation, { error: Object.values(EncoderIsolation).join(", ") })
          .exactOptional(),
      }),
    ).optional(),
  ),
  profiles: setting(
    {
      type: "object",
      meaning:
        "Encoding profiles beside those that come with the worker, as docs/encoding.md describes them; one of the same name takes the built-in's place.",
      allowed: "an object with YAML texts by profile name",
      default: "those of the worker's image",
      example: '{ news-fast: "name: news-fast\\nvideo: …" }',
      effect: { kind: "adds or removes", of: ["ConfigMap"] },
    },
    json(z.record(z.string(), text("YAML text"), { error: "an object with YAML texts" })).optional(),
  ),
} as const;

/** Keys of the queue and of the coordinators' dealings with workers. */
export const JOB_SETTINGS = {
  leaseSeconds: wholeNumber(
    "Seconds without a heartbeat until a job goes to another worker.",
    LIMITS.leaseSeconds,
    inPlace("Deployment", "Subscription"),
  ),
  urlTtlSeconds: wholeNumber(
    "Validity of signed URLs in seconds.",
    LIMITS.urlTtlSeconds,
    inPlace("Deployment"),
  ),
  maxAttempts: wholeNumber(
    "Attempts to encode a job before it fails.",
    LIMITS.maxAttempts,
    inPlace("Deployment"),
  ),
  backlog: wholeNumber(
    "Jobs that each coordinator holds ready for workers. What it holds the other region cannot take.",
    LIMITS.backlog,
    inPlace("Deployment"),
    "twice the most workers of a region, shared by its coordinators",
  ),
  coordinatorTls: setting(
    {
      type: "object",
      meaning:
        "Who vouches for the coordinators: authorities of the stack's own, of which the first issues and all are trusted, or an issuer of cert-manager. plaintext serves HTTP besides, for workers of a release without TLS (docs/upgrading.md). Another authority comes with keys, Secret and ConfigMap of its own.",
      allowed: "an object with authorities, certManager (name, kind, caCertificate), names, plaintext",
      default: "one authority, a",
      example: "{ authorities: [b, a] }",
      effect: inPlace("Deployment", "NetworkPolicy", "Service"),
    },
    json(
      object({
        authorities: z.array(text("a short name such as a or b")).exactOptional(),
        certManager: object({
          name: text("the name of an issuer of cert-manager"),
          kind: z.enum(["Issuer", "ClusterIssuer"], { error: "Issuer or ClusterIssuer" }).exactOptional(),
          caCertificate: text("certificates in PEM"),
        }).exactOptional(),
        names: z.array(text("a host name")).exactOptional(),
        plaintext: z.boolean("true or false").exactOptional(),
      }),
    ).optional(),
  ),
} as const;

/** Keys of the identity that signs. */
export const SIGNING_SETTINGS = {
  signer: setting(
    {
      type: "text",
      meaning:
        "How URLs are signed: by IAM, without a stored key, or with HMAC keys. docs/runbooks/sign-blob.md has how to change it.",
      allowed: Object.values(SignerKind).join(" or "),
      default: SignerKind.SignBlob,
      example: SignerKind.SignBlob,
      effect: {
        kind: "adds or removes",
        of: [
          "HmacKey",
          "IAMCustomRole",
          "IAMMember",
          "RandomId",
          "Secret",
          "SecretIamMember",
          "SecretVersion",
        ],
      },
    },
    z.enum(SignerKind).optional(),
  ),
  separateSigners: yesOrNo(
    "Signs URLs for reading and for writing in the names of two accounts, each without the other's power.",
    {
      kind: "adds or removes",
      of: [
        "Account",
        "BucketIAMMember",
        "HmacKey",
        "IAMMember",
        "Secret",
        "SecretIamMember",
        "SecretVersion",
      ],
    },
  ),
  hmacKeys: setting(
    {
      type: "list",
      meaning: "The signer's HMAC keys by name; with SIGN_BLOB those that an earlier HMAC signer has left.",
      allowed: "a list of objects with name, state",
      default: "one ACTIVE key, a, with HMAC; none with SIGN_BLOB",
      example: "[{ name: a, state: ACTIVE }, { name: b, state: ACTIVE }]",
      effect: {
        kind: "adds or removes",
        of: ["HmacKey", "Secret", "SecretIamMember", "SecretVersion"],
      },
    },
    json(
      z.array(
        object({
          name: text("a short name such as a or b"),
          state: z.enum(HmacKeyState, { error: "ACTIVE or INACTIVE" }).default(HmacKeyState.ACTIVE),
        }),
      ),
    ).optional(),
  ),
  activeHmacKey: setting(
    {
      type: "text",
      meaning: "Name of the HMAC key that signs.",
      allowed: "the name of an ACTIVE key of hmacKeys",
      default: "the first ACTIVE one",
      example: "b",
      effect: inPlace("Deployment"),
    },
    z.string().min(1).optional(),
  ),
} as const;
