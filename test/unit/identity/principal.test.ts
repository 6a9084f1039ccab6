import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kubernetesPrincipal } from "../../../components/identity/index.ts";

const dnsLabel = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
const parts = fc.record({
  projectId: fc.stringMatching(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/),
  projectNumber: fc.stringMatching(/^[1-9][0-9]{5,13}$/),
  namespace: dnsLabel,
  serviceAccount: dnsLabel,
});

describe("kubernetesPrincipal", () => {
  test("names the service account in the project's workload identity pool", () => {
    expect(
      kubernetesPrincipal({
        projectId: "my-project",
        projectNumber: "123456789012",
        namespace: "mpegflow",
        serviceAccount: "coordinator",
      }),
    ).toBe(
      "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/" +
        "my-project.svc.id.goog/subject/ns/mpegflow/sa/coordinator",
    );
  });

  test("gives different service accounts different principals", () => {
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(kubernetesPrincipal(one) === kubernetesPrincipal(other)).toBe(same);
      }),
    );
  });

  test("keeps every part whole, so that the parts can be read back", () => {
    const whole =
      /^principal:\/\/iam\.googleapis\.com\/projects\/(\d+)\/locations\/global\/workloadIdentityPools\/([^/]+)\.svc\.id\.goog\/subject\/ns\/([^/]+)\/sa\/([^/]+)$/;
    fc.assert(
      fc.property(parts, (given) => {
        expect(whole.exec(kubernetesPrincipal(given))?.slice(1)).toEqual([
          given.projectNumber,
          given.projectId,
          given.namespace,
          given.serviceAccount,
        ]);
      }),
    );
  });

  test("refuses parts that would name somebody else, all at once", () => {
    expect(() =>
      kubernetesPrincipal({
        projectId: "My Project",
        projectNumber: "my-project",
        namespace: "a/sa/b",
        serviceAccount: "",
      }),
    ).toThrow(
      [
        "kubernetesPrincipal: 4 problems.",
        '  - projectId: given "My Project"; allowed: a project id: 6 to 30 characters of a-z, 0-9 and -, starting with a letter. Fix: use the id, as `gcloud projects list` shows it, neither the name nor the number',
        '  - projectNumber: given "my-project"; allowed: a project number: digits only. Fix: use the number that `gcloud projects describe PROJECT_ID` shows',
        '  - namespace: given "a/sa/b"; allowed: a Kubernetes namespace: 1 to 63 characters of a-z, 0-9 and -. Fix: use the name that `kubectl get namespaces` shows',
        '  - serviceAccount: given ""; allowed: a Kubernetes service account: 1 to 63 characters of a-z, 0-9 and -. Fix: use the name that `kubectl get serviceaccounts` shows',
      ].join("\n"),
    );
  });
});
