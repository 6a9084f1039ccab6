import { expect, test } from "vitest";
import { pages, textOf } from "./pages.ts";

/**
 * Metrics that pages may name.
 *
 * Sources: https://docs.cloud.google.com/monitoring/api/metrics_gcp_p_z#gcp-pubsub and
 * https://docs.cloud.google.com/monitoring/api/metrics_gcp_p_z#gcp-storage
 */
const METRICS: readonly string[] = [
  "pubsub.googleapis.com/subscription/oldest_unacked_message_age",
  "storage.googleapis.com/api/request_count",
  "storage.googleapis.com/authn/authentication_count",
];

/** As Cloud Monitoring's PromQL has them: `pubsub_googleapis_com:subscription_oldest_unacked_message_age`. */
const inPromQl = (metric: string): string => {
  const [service = "", ...rest] = metric.split("/");
  return `${service.replaceAll(".", "_")}:${rest.join("_")}`;
};

const named = pages.flatMap((page) =>
  [
    ...textOf(page).matchAll(
      /\b(?:[a-z]+_googleapis_com:\w+|(?:pubsub|storage)\.googleapis\.com\/(?!projects\/)[a-z]+\/[a-z_]+)\b/g,
    ),
  ].map(([metric]): [string, string] => [page, metric]),
);

test("pages name metrics", () => {
  expect(named.length).toBeGreaterThanOrEqual(METRICS.length);
});

test.each(named)("%s names a metric that there is: %s", (_, metric) => {
  expect([...METRICS, ...METRICS.map(inPromQl)]).toContain(metric);
});
