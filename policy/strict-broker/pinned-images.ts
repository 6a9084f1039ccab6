import type { StackValidationPolicy } from "@pulumi/policy";
import { IN_A_CHART, isOwnChart } from "../model/charts.ts";
import { HELM, WORKLOAD } from "../model/kinds.ts";
import { read, text, UNKNOWN, type Properties } from "../model/known.ts";
import { ownByReferenceIn, ownContainersOf } from "../model/own-programs.ts";
import { cannotJudge, stackRule, type CannotJudge, type Finding } from "../model/rule.ts";
import { NOT_KNOWN_YET } from "../model/unjudged.ts";
import { podSpecsOf } from "../model/workloads.ts";

/** Source: https://github.com/opencontainers/image-spec/blob/main/descriptor.md#registered-algorithms */
const BY_DIGEST = /@(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

export const imagesArePinnedByDigest: StackValidationPolicy = stackRule({
  name: "images-are-pinned-by-digest",
  family: "strict-broker",
  subject: "a workload's pods",
  tokens: { has: (type) => WORKLOAD.has(type) || HELM.has(type) },
  displayName: "Images are pinned by digest",
  description: "Pods of coordinators and workers must name their images by digest.",
  enforcementLevel: "advisory",
  severity: "medium",
  url: "https://kubernetes.io/docs/concepts/containers/images/#image-names",
  reason:
    "whoever may push to the registry can move a tag to another image, which then signs URLs or is given jobs without anybody's review.",
  fix: "name it as REPOSITORY@sha256:DIGEST: what Images hands on is so, and with imagesByDigest a stack takes nothing else",
  *judgeAlone({ type, props }) {
    for (const spec of podSpecsOf(type, props)) yield* unpinned(ownContainersOf(spec));
  },
  *judge(workload, stack) {
    if (HELM.has(workload.type)) {
      if (isOwnChart(workload.props)) yield cannotJudge(IN_A_CHART);
      return;
    }
    yield* unpinned(ownByReferenceIn(workload, stack));
  },
});

function* unpinned(containers: readonly Properties[]): Iterable<Finding | CannotJudge> {
  for (const container of containers) {
    const image = read(() => text(container, "image"));
    if (image === UNKNOWN) yield cannotJudge(NOT_KNOWN_YET);
    else if (image !== undefined && !BY_DIGEST.test(image))
      yield `runs ${image}, which is named by no digest`;
  }
}
