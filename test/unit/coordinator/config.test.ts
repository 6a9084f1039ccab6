import { describe, expect, it } from "vitest";
import { ConfigError, readConfig } from "../../../services/coordinator/index.ts";

const least = {
  MPEGFLOW_AUTHENTICATION: "none",
  MPEGFLOW_REGION: "us-central1",
  MPEGFLOW_PROJECT: "project-1",
  MPEGFLOW_BUCKET: "media-bucket",
  MPEGFLOW_JOBS_TOPIC: "jobs",
  MPEGFLOW_JOBS_SUBSCRIPTION: "jobs-workers",
  MPEGFLOW_EVENTS_TOPIC: "job-events",
  MPEGFLOW_SIGNER_SECRET: "projects/project-1/secrets/signer/versions/latest",
  MPEGFLOW_LEASE_SECRET: "projects/project-1/secrets/lease/versions/3",
  MPEGFLOW_TLS_DIRECTORY: "/var/run/secrets/mpegflow-tls",
};

const problemsOf = (environment: Record<string, string | undefined>): readonly string[] => {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe("the coordinator's environment", () => {
  it("has defaults for all that need not be said", () => {
    expect(readConfig(least)).toEqual({
      region: "us-central1",
      project: "project-1",
      bucket: "media-bucket",
      jobsTopic: "jobs",
      jobsSubscription: "jobs-workers",
      eventsTopic: "job-events",
      signer: { kind: "hmac", secret: least.MPEGFLOW_SIGNER_SECRET },
      leaseSecret: least.MPEGFLOW_LEASE_SECRET,
      host: "0.0.0.0",
      port: 8080,
      tls: { directory: "/var/run/secrets/mpegflow-tls", names: [] },
      plaintextPort: undefined,
      leaseSeconds: 60,
      urlTtlSeconds: 900,
      maxAttempts: 5,
      leasesPerPod: 1,
      inputWaitSeconds: 43_200,
      inputPrefixes: [],
      outputPrefixes: [],
      stores: { gcsBuckets: [], s3: undefined, r2: undefined },
      otherBuckets: [],
      encryptionKeySecrets: [],
      access: [],
      clientRequestsPerMinute: 600,
      backlog: 4,
      backlogSeconds: 120,
      jobsPrefix: ".mpegflow/jobs/",
      auth: { kind: "none" },
      logLevel: "info",
      storageEmulator: undefined,
      secretManagerEmulator: undefined,
      iamCredentialsEmulator: undefined,
    });
  });

  it("tells everything that is missing at once", () => {
    expect(problemsOf({})).toEqual([
      "MPEGFLOW_REGION is not set; set it to the region's name, such as us-central1",
      "MPEGFLOW_PROJECT is not set; set it to the project id",
      "MPEGFLOW_BUCKET is not set; set it to the bucket's name without gs://",
      "MPEGFLOW_JOBS_TOPIC is not set; set it to a short name of Pub/Sub, not a path: 3 to 255 characters, starting with a letter, not with goog",
      "MPEGFLOW_JOBS_SUBSCRIPTION is not set; set it to a short name of Pub/Sub, not a path: 3 to 255 characters, starting with a letter, not with goog",
      "MPEGFLOW_EVENTS_TOPIC is not set; set it to a short name of Pub/Sub, not a path: 3 to 255 characters, starting with a letter, not with goog",
      "MPEGFLOW_LEASE_SECRET is not set; set it to projects/PROJECT/secrets/SECRET/versions/latest, or a version's number",
      "MPEGFLOW_SIGNER_SECRET is not set; set it to projects/PROJECT/secrets/SECRET/versions/latest (MPEGFLOW_SIGNER is hmac)",
      "MPEGFLOW_WORKER_SUBJECTS is not set; set it to the workers' system:serviceaccount:NAMESPACE:NAME (MPEGFLOW_AUTHENTICATION is kubernetes)",
      "MPEGFLOW_KUBERNETES_API is not set; set it to https://HOST[:PORT] of the API server: outside a cluster there is no default",
      expect.stringMatching(/^MPEGFLOW_TLS_DIRECTORY is not set; /),
    ]);
  });

  it.each([
    ["MPEGFLOW_BUCKET", "gs://media", "the bucket's name without gs://"],
    ["MPEGFLOW_SIGNER", "kms", "hmac, rsa or signBlob"],
    ["MPEGFLOW_PORT", "80a", "a whole number from 0 to 65535"],
    ["MPEGFLOW_LEASE_SECONDS", "9", "a whole number from 10 to 600"],
    ["MPEGFLOW_LEASE_SECONDS", "601", "a whole number from 10 to 600"],
    ["MPEGFLOW_LEASE_SECONDS", "30.5", "a whole number from 10 to 600"],
    ["MPEGFLOW_URL_TTL_SECONDS", "43201", "a whole number from 1 to 43200"],
    ["MPEGFLOW_MAX_ATTEMPTS", "0", "a whole number from 1 to 100"],
    ["MPEGFLOW_LEASES_PER_POD", "0", "a whole number from 1 to 100"],
    ["MPEGFLOW_BACKLOG", "0", "a whole number from 1 to 1000"],
    ["MPEGFLOW_JOBS_PREFIX", "jobs", "an object name prefix of A-Z a-z 0-9 . _ - and /, ending in /"],
    ["MPEGFLOW_SIGN_BLOB_PER_SECOND", "1001", "a whole number from 1 to 1000"],
    ["MPEGFLOW_SIGN_BLOB_AT_ONCE", "0", "a whole number from 1 to 500"],
    ["IAM_CREDENTIALS_EMULATOR_HOST", "http://127.0.0.1:9/v1", "scheme://host[:port] without a path"],
    ["STORAGE_EMULATOR_HOST", "127.0.0.1:9000", "scheme://host[:port] without a path"],
    [
      "MPEGFLOW_LEASE_SECRET",
      "lease",
      "projects/PROJECT/secrets/SECRET/versions/latest, or a version's number",
    ],
  ])("names %s, its value %j and what is allowed", (name, value, allowed) => {
    expect(problemsOf({ ...least, [name]: value })).toEqual([
      `${name} is ${JSON.stringify(value)}; it must be ${allowed}`,
    ]);
  });

  it("takes an empty variable for an absent one", () => {
    expect(readConfig({ ...least, MPEGFLOW_PORT: "" }).port).toBe(8080);
  });

  it("asks for a key file when the signer is rsa", () => {
    const rsa = { ...least, MPEGFLOW_SIGNER: "rsa", MPEGFLOW_SIGNER_SECRET: undefined };
    expect(problemsOf(rsa)).toEqual([
      "MPEGFLOW_SIGNER_KEY_FILE is not set; set it to the path of a service account key file (MPEGFLOW_SIGNER is rsa)",
    ]);
    expect(readConfig({ ...rsa, MPEGFLOW_SIGNER_KEY_FILE: "key.json" }).signer).toEqual({
      kind: "rsa",
      keyFile: "key.json",
    });
  });

  const keyless = {
    ...least,
    MPEGFLOW_SIGNER: "signBlob",
    MPEGFLOW_SIGNER_SECRET: undefined,
    MPEGFLOW_SIGNER_EMAIL: "signer@project-1.iam.gserviceaccount.com",
  };

  it("signs by signBlob with no secret but that of the leases", () => {
    expect(readConfig(keyless).signer).toEqual({
      kind: "signBlob",
      email: "signer@project-1.iam.gserviceaccount.com",
      readEmail: undefined,
      perSecond: 100,
      atOnce: 32,
    });
  });

  it("takes a signer of its own for reading, by signBlob or by HMAC key", () => {
    const reader = "reader@project-1.iam.gserviceaccount.com";
    expect(readConfig({ ...keyless, MPEGFLOW_READ_SIGNER_EMAIL: reader }).signer).toMatchObject({
      readEmail: reader,
    });
    const secret = "projects/project-1/secrets/reader/versions/latest";
    expect(readConfig({ ...least, MPEGFLOW_READ_SIGNER_SECRET: secret }).signer).toMatchObject({
      readSecret: secret,
    });
  });

  it.each([
    [
      "signBlob without an account",
      { ...keyless, MPEGFLOW_SIGNER_EMAIL: undefined },
      "MPEGFLOW_SIGNER_EMAIL is not set; set it to the e-mail address of the signer's service account (MPEGFLOW_SIGNER is signBlob)",
    ],
    [
      "an account's name instead of its address",
      { ...keyless, MPEGFLOW_SIGNER_EMAIL: "signer" },
      'MPEGFLOW_SIGNER_EMAIL is "signer"; it must be the e-mail address of a service account, NAME@PROJECT.iam.gserviceaccount.com',
    ],
    [
      "signBlob with a secret as well, which leaves open what is meant",
      { ...keyless, MPEGFLOW_SIGNER_SECRET: least.MPEGFLOW_SIGNER_SECRET },
      "MPEGFLOW_SIGNER_SECRET is set; unset it, because MPEGFLOW_SIGNER is signBlob",
    ],
    [
      "an HMAC key with an account's address for reading",
      { ...least, MPEGFLOW_READ_SIGNER_EMAIL: "reader@project-1.iam.gserviceaccount.com" },
      "MPEGFLOW_READ_SIGNER_EMAIL is set; unset it, because MPEGFLOW_SIGNER is hmac",
    ],
    [
      "URLs that outlive signBlob's keys",
      { ...keyless, MPEGFLOW_URL_TTL_SECONDS: "43201" },
      'MPEGFLOW_URL_TTL_SECONDS is "43201"; it must be a whole number from 1 to 43200',
    ],
  ])("refuses %s", (_, environment, message) => {
    expect(problemsOf(environment)).toEqual([message]);
  });

  it("makes one readable message of the problems", () => {
    expect(() => readConfig({ ...least, MPEGFLOW_PORT: "x", MPEGFLOW_BACKLOG: "y" })).toThrow(
      [
        "The environment does not describe a coordinator:",
        '  MPEGFLOW_PORT is "x"; it must be a whole number from 0 to 65535',
        '  MPEGFLOW_BACKLOG is "y"; it must be a whole number from 1 to 1000',
      ].join("\n"),
    );
  });
});

describe("other stores", () => {
  const secret = "projects/p/secrets/s/versions/latest";
  const of = (given: Record<string, string>) => readConfig({ ...least, ...given });

  it("are buckets of Cloud Storage, S3 and R2, by name", () => {
    const config = of({
      MPEGFLOW_GCS_BUCKETS: "archive",
      MPEGFLOW_S3_BUCKETS: "films=eu-west-1,more=us-east-1",
      MPEGFLOW_S3_KEY_SECRET: secret,
      MPEGFLOW_R2_BUCKETS: "edge",
      MPEGFLOW_R2_KEY_SECRET: secret,
      MPEGFLOW_R2_ACCOUNT_ID: "0".repeat(32),
    });
    expect(config.otherBuckets).toEqual(["gs://archive/", "s3://films/", "s3://more/", "r2://edge/"]);
    expect(config.stores.s3?.access).toEqual({ kind: "key", secret });
    expect(config.stores.r2?.endpoint).toBe(`https://${"0".repeat(32)}.r2.cloudflarestorage.com`);
  });

  it("are read by a role of AWS where there is no key", () => {
    const role = {
      MPEGFLOW_S3_ROLE_ARN: "arn:aws:iam::123456789012:role/media",
      MPEGFLOW_S3_SERVICE_ACCOUNT: "reader@project-1.iam.gserviceaccount.com",
      MPEGFLOW_S3_TOKEN_AUDIENCE: "media",
    };
    expect(of({ MPEGFLOW_S3_BUCKETS: "films=eu-west-1", ...role }).stores.s3?.access).toEqual({
      kind: "role",
      roleArn: role.MPEGFLOW_S3_ROLE_ARN,
      serviceAccount: role.MPEGFLOW_S3_SERVICE_ACCOUNT,
      audience: "media",
    });
  });

  it.each([
    [{ MPEGFLOW_S3_BUCKETS: "films" }, "BUCKET=REGION"],
    [{ MPEGFLOW_S3_BUCKETS: "films=eu-west-1" }, "MPEGFLOW_S3_KEY_SECRET is not set"],
    [
      { MPEGFLOW_S3_BUCKETS: "films=eu-west-1", MPEGFLOW_S3_TOKEN_AUDIENCE: "x" },
      "MPEGFLOW_S3_ROLE_ARN is not set",
    ],
    [
      {
        MPEGFLOW_S3_BUCKETS: "films=eu-west-1",
        MPEGFLOW_S3_TOKEN_AUDIENCE: "x",
        MPEGFLOW_S3_KEY_SECRET: secret,
      },
      "one of the two is used",
    ],
    [{ MPEGFLOW_R2_BUCKETS: "edge", MPEGFLOW_R2_KEY_SECRET: secret }, "MPEGFLOW_R2_ACCOUNT_ID is not set"],
    [{ MPEGFLOW_ENCRYPTION_KEY_SECRETS: "key" }, "projects/PROJECT/secrets/SECRET"],
    [{ MPEGFLOW_ACCESS: "{}" }, "JSON such as"],
    [{ MPEGFLOW_INPUT_PREFIXES: "in/" }, "prefixes such as gs://BUCKET/FOLDER/"],
  ])("are refused as %j", (given, problem) => {
    expect(problemsOf({ ...least, ...given }).join("\n")).toContain(problem);
  });
});

describe("who may call", () => {
  const worker = "system:serviceaccount:encoders:encoder";
  const kubernetes = { ...least, MPEGFLOW_AUTHENTICATION: "kubernetes" };
  const inCluster = { KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "443" };

  it("is whom the lists name, proven by the cluster's own API server", () => {
    expect(readConfig({ ...kubernetes, ...inCluster, MPEGFLOW_WORKER_SUBJECTS: worker }).auth).toEqual({
      kind: "kubernetes",
      audience: "mpegflow-coordinator",
      workerSubjects: [worker],
      scalerSubjects: [],
      clientSubjects: [],
      clientEmails: [],
      api: "https://10.0.0.1:443",
      tokenFile: "/var/run/secrets/kubernetes.io/serviceaccount/token",
      caFile: "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
    });
  });

  it("takes lists, another API server and other files", () => {
    const { auth } = readConfig({
      ...kubernetes,
      MPEGFLOW_WORKER_SUBJECTS: `${worker},system:serviceaccount:encoders:encoder.gpu`,
      MPEGFLOW_CLIENT_EMAILS: "Ann@example.com",
      MPEGFLOW_KUBERNETES_API: "https://127.0.0.1:6443",
      MPEGFLOW_KUBERNETES_TOKEN_FILE: "/tmp/token",
      MPEGFLOW_KUBERNETES_CA_FILE: "/tmp/ca.crt",
    });
    expect(auth).toMatchObject({
      workerSubjects: [worker, "system:serviceaccount:encoders:encoder.gpu"],
      clientEmails: ["ann@example.com"],
      api: "https://127.0.0.1:6443",
      tokenFile: "/tmp/token",
      caFile: "/tmp/ca.crt",
    });
  });

  it("puts an IPv6 address in brackets", () => {
    const given = { ...inCluster, KUBERNETES_SERVICE_HOST: "fd00::1", MPEGFLOW_WORKER_SUBJECTS: worker };
    expect(readConfig({ ...kubernetes, ...given }).auth).toMatchObject({ api: "https://[fd00::1]:443" });
  });

  it.each([
    [{ MPEGFLOW_AUTHENTICATION: "kubernetes", ...inCluster }, "MPEGFLOW_WORKER_SUBJECTS is not set"],
    [{ MPEGFLOW_WORKER_SUBJECTS: worker }, "MPEGFLOW_KUBERNETES_API is not set"],
    [
      { MPEGFLOW_AUTHENTICATION: "none", MPEGFLOW_WORKER_SUBJECTS: worker },
      "MPEGFLOW_WORKER_SUBJECTS is set; unset it",
    ],
    [{ MPEGFLOW_AUTHENTICATION: "off" }, 'MPEGFLOW_AUTHENTICATION is "off"; it must be kubernetes or none'],
    [{ ...inCluster, MPEGFLOW_WORKER_SUBJECTS: "encoder" }, "system:serviceaccount:NAMESPACE:NAME"],
    [
      { ...inCluster, MPEGFLOW_WORKER_SUBJECTS: worker, MPEGFLOW_KUBERNETES_API: "http://10.0.0.1" },
      "https://HOST[:PORT]",
    ],
  ])("refuses %j", (given, problem) => {
    expect(problemsOf({ ...kubernetes, ...given }).join("\n")).toContain(problem);
  });
});

describe("what a coordinator is spoken to by", () => {
  const open: Record<string, string | undefined> = { ...least, MPEGFLOW_TLS_DIRECTORY: undefined };

  it("is HTTPS for the names that it is told, and HTTP besides where it is told so", () => {
    const given = {
      ...least,
      MPEGFLOW_TLS_NAMES: "coordinator.mpegflow.svc,10.4.0.9,fd00::9",
      MPEGFLOW_PLAINTEXT_PORT: "8081",
    };
    expect(readConfig(given)).toMatchObject({
      tls: { names: ["coordinator.mpegflow.svc", "10.4.0.9", "fd00::9"] },
      plaintextPort: 8081,
    });
  });

  it("is HTTP on loopback, and elsewhere only where that is permitted", () => {
    expect(problemsOf(open)).toEqual([
      expect.stringMatching(/^MPEGFLOW_TLS_DIRECTORY is not set; .*in clear/),
    ]);
    expect(problemsOf({ ...open, MPEGFLOW_HOST: "10.4.0.9" })).toHaveLength(1);
    for (const host of ["127.0.0.1", "localhost", "::1"])
      expect(problemsOf({ ...open, MPEGFLOW_HOST: host })).toEqual([]);
    expect(readConfig({ ...open, MPEGFLOW_PLAINTEXT: "true" }).tls).toBeUndefined();
  });

  it.each([
    [{ MPEGFLOW_TLS_NAMES: "coordinator:8443" }, "MPEGFLOW_TLS_NAMES"],
    [{ MPEGFLOW_TLS_DIRECTORY: "tls" }, "MPEGFLOW_TLS_DIRECTORY"],
    [{ MPEGFLOW_PLAINTEXT_PORT: "0" }, "MPEGFLOW_PLAINTEXT_PORT"],
    [{ MPEGFLOW_PLAINTEXT_PORT: "8080" }, "MPEGFLOW_PLAINTEXT_PORT"],
    [{ MPEGFLOW_PLAINTEXT: "yes" }, "MPEGFLOW_PLAINTEXT"],
  ])("is not %o", (wrong, name) => {
    expect(problemsOf({ ...least, ...wrong })).toEqual([expect.stringContaining(name)]);
  });

  it("has no names and no second port without a certificate", () => {
    const names = { MPEGFLOW_TLS_NAMES: "a", MPEGFLOW_PLAINTEXT_PORT: "8081" };
    expect(problemsOf({ ...open, MPEGFLOW_HOST: "127.0.0.1", ...names })).toHaveLength(2);
  });
});
