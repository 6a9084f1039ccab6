import { string } from "../fields.ts";
import { type ResourceModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { defined, isUnknown, textOf, type Properties } from "../values.ts";
import { cloudOf, project, projectOf, projectProblems } from "./common.ts";

/** The domains of the service agents that the sandbox knows. https://docs.cloud.google.com/iam/docs/service-agents */
const domains: Readonly<Record<string, string>> = {
  "artifactregistry.googleapis.com": "gcp-sa-artifactregistry",
  "eventarc.googleapis.com": "gcp-sa-eventarc",
  "pubsub.googleapis.com": "gcp-sa-pubsub",
  "secretmanager.googleapis.com": "gcp-sa-secretmanager",
};

/**
 * A service's own account in a project. Google makes it once and has no way to ask for it or to remove it, so the state
 * is all there is of it. https://www.pulumi.com/registry/packages/gcp/api-docs/projects/serviceidentity/
 */
export const serviceIdentity: ResourceModel = {
  type: "gcp:projects/serviceIdentity:ServiceIdentity",
  fields: { service: string(), project },
  outputs: ["email", "member"],
  problems: (inputs, config) => {
    const service = textOf(inputs["service"]);
    return [
      ...projectProblems(inputs, config),
      ...(service === undefined || isUnknown(service) || service in domains
        ? []
        : [`the sandbox knows no agent of ${service}; it knows those of ${Object.keys(domains).join(", ")}`]),
    ];
  },
  predict: (inputs, config) => defined({ project: projectOf(inputs, config) }),
  create: (inputs, context) => {
    const { project: inProject, projectNumber } = cloudOf(inputs, context);
    const service = textOf(inputs["service"]) ?? "";
    const email = `service-${projectNumber}@${domains[service] ?? ""}.iam.gserviceaccount.com`;
    const properties: Properties = {
      service,
      project: inProject,
      email,
      member: `serviceAccount:${email}`,
    };
    return Promise.resolve({ id: `projects/${inProject}/services/${service}`, properties });
  },
  read: (id, old) =>
    textOf(old.state["email"]) === undefined
      ? Promise.reject(
          new Refusal("a service identity cannot be imported: declare it, which changes nothing"),
        )
      : Promise.resolve({ id, properties: old.state }),
  update: () => Promise.reject(new Refusal("a service identity is replaced, never updated")),
  delete: () => Promise.resolve(),
};
