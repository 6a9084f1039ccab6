import { defineConfig } from "vitest/config";

interface Place {
  /** Files to change. */
  readonly mutate: string[];
  readonly tests: string[];
}

const coordinator = "test/unit/coordinator";
const leases = [
  `${coordinator}/{leases,slots}/!(lease-token).test.ts`,
  `${coordinator}/http/routes/leases.test.ts`,
  `${coordinator}/jobs/input-check.test.ts`,
  "test/security/{nothing-is-said-in-clear,prefixes-end-at-a-slash}.test.ts",
];

/** What can be mutated, and the tests that are for it: near ones alone, since each mutant runs those that reach it. */
const places: Readonly<Record<string, Place>> = {
  transitions: {
    mutate: ["services/coordinator/jobs/transitions.ts"],
    tests: [`${coordinator}/jobs/transitions.test.ts`],
  },
  "lease-token": {
    mutate: ["services/coordinator/leases/lease-token.ts"],
    tests: [`${coordinator}/leases/lease-token.test.ts`],
  },
  slots: {
    mutate: ["services/coordinator/slots/*.ts"],
    tests: [`${coordinator}/slots/*.test.ts`, `${coordinator}/leases/races.test.ts`],
  },
  leases: { mutate: ["services/coordinator/leases/leases.ts"], tests: leases },
  claim: { mutate: ["services/coordinator/leases/claim.ts"], tests: leases },
  // Without the comparison with Amazon's SDK, which takes a second to load for each mutant.
  signing: { mutate: ["services/signing/*.ts"], tests: ["test/unit/signing/!(sign-url).test.ts"] },
  placement: { mutate: ["components/placement/*.ts"], tests: ["test/unit/placement/*.test.ts"] },
  policy: { mutate: ["policy/**/*.ts"], tests: ["test/unit/policy/!(mutation).test.ts"] },
};

const name = process.env["MUTATION_PLACE"] ?? "";
const found = places[name];
if (found === undefined)
  throw new Error(`MUTATION_PLACE is "${name}"; allowed: ${Object.keys(places).join(", ")}.`);
export const place = found;

export default defineConfig({
  test: {
    include: place.tests,
    globalSetup: "test/unit/no-gcloud.ts",
    setupFiles: "test/unit/sdk-stack-traces.ts",
    isolate: false,
    testTimeout: 20_000,
  },
});
