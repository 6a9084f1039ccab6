import { describeProblems, shown, type Problem } from "../components/validation/index.ts";
import type { StackConfig } from "./config.ts";

/** In the place of a project number that is not known yet. */
export const PLACEHOLDER_PROJECT_NUMBER = "1".repeat(12);
/** In the place of the transfer account's unique id. */
export const PLACEHOLDER_SUBJECT_ID = "1".repeat(21);
const PLACEHOLDER_DIGEST = `@sha256:${"0".repeat(64)}`;

/**
 * Values that stand for ones only known later: the committed environments hold them, so that a preview of each works for everyone.
 *
 * @param project the namespace of the keys
 */
export function placeholdersIn(config: StackConfig, project: string): Problem[] {
  const found: Problem[] = [];
  if (config.projectNumber === PLACEHOLDER_PROJECT_NUMBER) {
    found.push({
      path: `${project}:projectNumber`,
      given: `the placeholder ${PLACEHOLDER_PROJECT_NUMBER}`,
      allowed: `the number of the project ${config.projectId}`,
      fix: `set what this prints: gcloud projects describe ${config.projectId} --format='value(projectNumber)'`,
    });
  }
  if (config.kind === "archive" && config.migration?.transferSubjectId === PLACEHOLDER_SUBJECT_ID) {
    found.push({
      path: `${project}:migration.transferSubjectId`,
      given: `the placeholder ${PLACEHOLDER_SUBJECT_ID}`,
      allowed: "the unique id of the project's Storage Transfer account",
      fix: `set subjectId of https://storagetransfer.googleapis.com/v1/googleServiceAccounts/${config.projectId}, or leave it out to have it looked up`,
    });
  }
  for (const [program, image] of Object.entries(
    (config.kind === "platform" ? config.images : undefined) ?? {},
  )) {
    if (!image.endsWith(PLACEHOLDER_DIGEST)) continue;
    found.push({
      path: `${project}:images.${program}`,
      given: `the placeholder ${shown(image.replace(/0{56}$/, "…"))}`,
      allowed: "an image that exists",
      fix: "set the digest that pushing the image printed",
    });
  }
  return found;
}

/** What a preview warns of, and an update ends with before anything is made. */
export function refusal(stack: string, placeholders: readonly Problem[]): string {
  const headline = `Stack ${stack} has placeholders in its configuration: it can be previewed, not updated.`;
  return describeProblems(headline, placeholders);
}
