import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { violationsIn } from "../../tools/policy/events.ts";
import { startPreviewServer, assumptionLines, type Assumption } from "../../sandbox/preview/index.ts";
import { unknown } from "../../sandbox/providers/values.ts";
import { openTestEngine, root, type TestEngine } from "../engine/support.ts";

/** Programs of people who use none of our components, previewed as `npm run preview -- DIRECTORY` does it, and judged by the pack. */

const eventSchema = z.looseObject({
  resourcePreEvent: z
    .looseObject({
      metadata: z.looseObject({
        op: z.string(),
        urn: z.string(),
        type: z.string(),
        new: z.looseObject({ inputs: z.record(z.string(), z.unknown()).default({}) }).nullish(),
      }),
    })
    .optional(),
  diagnosticEvent: z.looseObject({ message: z.string(), severity: z.string() }).optional(),
});

interface Planned {
  readonly op: string;
  /** `type::name` */
  readonly resource: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

interface Outcome {
  readonly exitCode: number;
  readonly output: string;
  readonly errors: readonly string[];
  readonly planned: readonly Planned[];
  /** `policy name` */
  readonly violations: readonly string[];
  readonly notes: readonly Assumption[];
}

let engine: TestEngine;
let policies: string[];
beforeAll(async () => {
  engine = await openTestEngine();
  const configuration = join(engine.sandboxDirectory, "policies.json");
  // Advice alone, so that the exit code says whether the preview came to its end.
  writeFileSync(configuration, JSON.stringify({ all: "advisory" }));
  policies = ["--policy-pack", join(root, "policy"), "--policy-pack-config", configuration];
});
afterAll(() => {
  engine.dispose();
});

async function preview(project: string): Promise<Outcome> {
  const projectDirectory = fileURLToPath(new URL(`raw-programs/${project}`, import.meta.url));
  const stack = await engine.stack({ projectDirectory, name: "dev" });
  const desk = await startPreviewServer(engine.workspace);
  try {
    const { exitCode, stdout, stderr } = await stack.run(["preview", "--json", ...policies], {
      env: { ...desk.environment, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" },
    });
    const events = stdout
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => eventSchema.parse(JSON.parse(line)));
    return {
      exitCode,
      output: stdout + stderr,
      errors: events.flatMap(({ diagnosticEvent }) =>
        diagnosticEvent?.severity === "error" ? [diagnosticEvent.message] : [],
      ),
      planned: events.flatMap(({ resourcePreEvent }) => {
        if (resourcePreEvent === undefined) return [];
        const { op, urn, type, new: state } = resourcePreEvent.metadata;
        return [{ op, resource: `${type}::${urn.split("::").at(-1) ?? ""}`, inputs: state?.inputs ?? {} }];
      }),
      violations: violationsIn(stdout).map(({ policy, urn }) => `${policy} ${urn.split("::").at(-1) ?? ""}`),
      notes: desk.assumptions(),
    };
  } finally {
    desk.close();
  }
}

/** What a program is to show. */
interface Expected {
  /** `type::name` of resources that are planned. */
  readonly plans: readonly string[];
  /** `policy name` of what the pack finds. @default nothing in particular */
  readonly finds?: readonly string[];
}

/** One preview for each project, and in it a test for each of its programs. */
function project(
  name: string,
  programs: Readonly<Record<string, Expected>>,
  more: (of: () => Outcome) => void,
) {
  describe(`the programs in ${name}`, () => {
    let outcome: Outcome;
    beforeAll(async () => {
      outcome = await preview(name);
    });

    test("are previewed to the end", () => {
      expect(outcome.errors, outcome.output.slice(-4000)).toEqual([]);
      expect(outcome.exitCode, outcome.output.slice(-4000)).toBe(0);
    });

    test.each(Object.entries(programs))("%s is planned, and judged", (_program, { plans, finds = [] }) => {
      expect(outcome.planned.map(({ resource }) => resource)).toEqual(expect.arrayContaining([...plans]));
      expect(outcome.violations).toEqual(expect.arrayContaining([...finds]));
    });

    more(() => outcome);
  });
}

const inputsOf = ({ planned }: Outcome, resource: string) =>
  planned.find((one) => one.resource === resource)?.inputs;
const noted = ({ notes }: Outcome, kind: Assumption["kind"]) =>
  [...new Set(notes.filter((note) => note.kind === kind).map(({ what }) => what))].sort();

project(
  "google",
  {
    "cloud-run": {
      plans: [
        "gcp:cloudrunv2/service:Service::site",
        "gcp:cloudrunv2/serviceIamMember:ServiceIamMember::everyone",
      ],
    },
    instance: { plans: ["gcp:compute/instance:Instance::lab", "gcp:compute/firewall:Firewall::lab-ssh"] },
    bindings: {
      plans: [
        "gcp:storage/bucketIAMBinding:BucketIAMBinding::downloads-readers",
        "gcp:projects/iAMBinding:IAMBinding::batch-editor",
        "gcp:kms/cryptoKeyIAMBinding:CryptoKeyIAMBinding::batch-encrypters",
      ],
      finds: ["buckets-prevent-public-access downloads"],
    },
    "iam-policy": { plans: ["gcp:storage/bucketIAMPolicy:BucketIAMPolicy::press"] },
    functions: {
      plans: ["gcp:cloudfunctionsv2/function:Function::thumbnail", "gcp:cloudscheduler/job:Job::tick"],
      finds: ["buckets-have-uniform-access uploads"],
    },
    cluster: {
      plans: [
        "kubernetes:batch/v1:CronJob::sweep",
        "kubernetes:apps/v1:Deployment::canary",
        // Of a manifest, for a cluster whose address is not known yet.
        "kubernetes:core/v1:Pod::probe-probe",
      ],
      finds: ["nodes-hide-their-credentials apps"],
    },
    database: {
      plans: [
        "gcp:sql/databaseInstance:DatabaseInstance::titles",
        "random:index/randomPassword:RandomPassword::titles",
      ],
    },
    "load-balancer": {
      plans: ["gcp:compute/securityPolicy:SecurityPolicy::api", "gcp:compute/uRLMap:URLMap::front"],
    },
    "stack-reference": { plans: ["gcp:compute/router:Router::egress"] },
    existing: {
      plans: ["gcp:storage/bucket:Bucket::recordings", "gcp:bigquery/connection:Connection::lake"],
      finds: ["buckets-prevent-public-access recordings"],
    },
    providers: {
      plans: ["gcp:storage/bucket:Bucket::vault", "gcp:filestore/instance:Instance::scratch"],
      finds: ["buckets-prevent-public-access vault", "buckets-prevent-public-access pinned"],
    },
    component: {
      plans: ["studio:index:Dropbox::dailies", "gcp:storage/bucketACL:BucketACL::dailies"],
      finds: ["buckets-prevent-public-access dailies"],
    },
  },
  (outcome) => {
    test("a policy document is computed, and shown as an update will send it", () => {
      expect(inputsOf(outcome(), "gcp:storage/bucketIAMPolicy:BucketIAMPolicy::press")?.["policyData"]).toBe(
        '{"bindings":[{"members":["group:press@example.com"],"role":"roles/storage.legacyBucketReader"},' +
          '{"condition":{"expression":"request.time \\u003c timestamp(\\"2030-01-01T00:00:00Z\\")","title":"until-2030"},' +
          '"members":["allUsers","group:press@example.com"],"role":"roles/storage.objectViewer"}]}',
      );
    });

    test("what a stack elsewhere or a lookup would say is unknown", () => {
      expect(inputsOf(outcome(), "gcp:compute/router:Router::egress")?.["network"]).toBe(unknown);
      expect(inputsOf(outcome(), "gcp:compute/instance:Instance::lab")?.["zone"]).toBe(unknown);
      expect(inputsOf(outcome(), "gcp:storage/bucketIAMMember:BucketIAMMember::trailers")?.["bucket"]).toBe(
        unknown,
      );
    });

    test("resources that exist are imported without a look at them", () => {
      const imported = outcome().planned.filter(({ op }) => op === "import");
      expect(imported.map(({ resource }) => resource).sort()).toEqual([
        "gcp:bigquery/connection:Connection::lake",
        "gcp:storage/bucket:Bucket::recordings",
      ]);
    });

    test("what was taken without a model is said, in a line for each way", () => {
      expect(noted(outcome(), "resource")).toEqual(
        expect.arrayContaining(["gcp:cloudrunv2/service:Service", "kubernetes:batch/v1:CronJob"]),
      );
      expect(noted(outcome(), "function")).not.toContain("gcp:organizations/getIAMPolicy:getIAMPolicy");
      expect(noted(outcome(), "stack")).toEqual(["acme/network/dev"]);
      expect(assumptionLines(outcome().notes).length).toBeLessThanOrEqual(6);
    });
  },
);

project(
  "kubernetes",
  {
    workloads: {
      plans: ["kubernetes:batch/v1:CronJob::report", "kubernetes:apps/v1:StatefulSet::ledger"],
    },
    yaml: {
      plans: ["kubernetes:apps/v1:Deployment::queue", "kubernetes:core/v1:ResourceQuota::quota"],
    },
    "yaml-v2": {
      plans: [
        "kubernetes:yaml/v2:ConfigGroup::edge",
        "kubernetes:apps/v1:Deployment::web/ingest",
        "kubernetes:policy/v1:PodDisruptionBudget::edge-edge",
        "kubernetes:core/v1:ServiceAccount::edge-web/edge",
      ],
    },
    charts: {
      plans: ["kubernetes:helm.sh/v4:Chart::certificates", "kubernetes:helm.sh/v3:Release::prometheus"],
    },
    kustomize: { plans: ["kubernetes:kustomize/v2:Directory::second"] },
    "custom-resources": {
      plans: [
        "kubernetes:studio.example.com/v1:Render::teaser",
        "kubernetes:cert-manager.io/v1:Certificate::site",
      ],
    },
  },
  (outcome) => {
    test("a manifest's resource is planned with what the manifest says, as far as its transformations leave it", () => {
      expect(inputsOf(outcome(), "kubernetes:apps/v1:Deployment::web/ingest")).toMatchObject({
        metadata: { name: "ingest", namespace: "web" },
        spec: { template: { spec: { hostNetwork: true } } },
      });
      expect(inputsOf(outcome(), "kubernetes:core/v1:Service::queue")).toMatchObject({
        spec: { type: "LoadBalancer" },
      });
    });

    test("a kind without a model gets a name, as every object does", () => {
      expect(inputsOf(outcome(), "kubernetes:apps/v1:StatefulSet::ledger")).toMatchObject({
        metadata: { name: expect.stringMatching(/^ledger-[0-9a-f]{8}$/) as string },
      });
    });

    test("what other programs render is said not to be judged", () => {
      expect(noted(outcome(), "unrendered")).toEqual([
        "kubernetes:helm.sh/v4:Chart",
        "kubernetes:helm:template",
        "kubernetes:kustomize/v2:Directory",
        "kubernetes:kustomize:directory",
        "kubernetes:yaml/v2:ConfigGroup",
      ]);
    });

    test.each(["kubernetes:core/v1:Secret::ledger", "kubernetes:core/v1:Secret::edge-edge"])(
      "%s of a program or a manifest is planned without its data",
      (resource) => {
        expect(inputsOf(outcome(), resource)).toHaveProperty("stringData");
        expect(JSON.stringify(inputsOf(outcome(), resource))).not.toContain("not-to-be-shown");
      },
    );

    test("notes hold no argument of a chart", () => {
      expect(JSON.stringify(outcome().notes)).not.toContain("not-to-be-shown");
    });
  },
);

project(
  "amazon",
  {
    "web-server": { plans: ["aws:ec2/instance:Instance::web", "aws:ec2/subnet:Subnet::web-1"] },
    lambda: { plans: ["aws:lambda/function:Function::transcribe", "aws:dynamodb/table:Table::titles"] },
    website: {
      plans: ["aws:cloudfront/distribution:Distribution::site", "aws:acm/certificate:Certificate::site"],
      finds: ["s3-buckets-block-public-access site"],
    },
  },
  (outcome) => {
    test("items of a list that nobody knows are unknown", () => {
      expect(inputsOf(outcome(), "aws:ec2/subnet:Subnet::web-1")?.["availabilityZone"]).toBe(unknown);
    });
  },
);

project(
  "others",
  {
    tools: { plans: ["tls:index/privateKey:PrivateKey::deploy", "command:local:Command::smoke"] },
    docker: { plans: ["docker:index/container:Container::site", "pulumi:providers:docker::host"] },
    edge: {
      plans: ["cloudflare:index/dnsRecord:DnsRecord::www", "fastly:index/serviceVcl:ServiceVcl::www"],
      finds: ["buckets-prevent-public-access origin"],
    },
    native: { plans: ["google-native:storage/v1:Bucket::exports", "aws-native:dynamodb:Table::titles"] },
    components: { plans: ["awsx:ec2:Vpc::main", "eks:index:Cluster::main"] },
    parameterized: { plans: ["netbox:index/prefix:Prefix::studio"] },
    dynamic: { plans: ["pulumi-nodejs:dynamic:Resource::release"] },
  },
  (outcome) => {
    test("an output of a resource without a model is unknown to those that take it", () => {
      expect(inputsOf(outcome(), "docker:index/container:Container::site")?.["image"]).toBe(unknown);
      expect(inputsOf(outcome(), "cloudflare:index/dnsRecord:DnsRecord::www")?.["zoneId"]).toBe(unknown);
    });
  },
);
