/** What a command of another's tool takes. */
interface Flags {
  readonly flags: readonly string[];
  /** Flags that are refused without another: the one, then the other. */
  readonly only?: Readonly<Record<string, string>>;
}

/** Every command of gcloud takes these: https://docs.cloud.google.com/sdk/gcloud/reference */
const GCLOUD_WIDE = ["--project", "--format"];

/**
 * Of each command that a page names, the flags that pages give it. Whoever adds one looks it up in the reference:
 * https://docs.cloud.google.com/sdk/gcloud/reference (a page for each command), https://kubernetes.io/docs/reference/kubectl/generated,
 * https://helm.sh/docs/helm/helm_rollback, https://www.pulumi.com/docs/iac/cli/commands.
 */
export const COMMAND_FLAGS: Readonly<Record<string, Flags>> = {
  "gcloud artifacts repositories create": { flags: ["--repository-format", "--location"] },
  "gcloud auth application-default login": { flags: [] },
  "gcloud auth configure-docker": { flags: [] },
  "gcloud auth login": { flags: [] },
  "gcloud auth print-access-token": { flags: [] },
  "gcloud components install": { flags: [] },
  "gcloud compute backend-buckets delete-signed-url-key": { flags: ["--key-name"] },
  "gcloud config set": { flags: [] },
  "gcloud container clusters get-credentials": {
    flags: ["--dns-endpoint", "--location", "--region"],
  },
  "gcloud container clusters update": {
    flags: ["--location", "--node-pool", "--enable-autoscaling", "--total-max-nodes"],
    only: { "--total-max-nodes": "--enable-autoscaling" },
  },
  "gcloud iam service-accounts disable": { flags: [] },
  "gcloud iam service-accounts enable": { flags: [] },
  "gcloud iam service-accounts get-iam-policy": { flags: [] },
  "gcloud iam service-accounts remove-iam-policy-binding": {
    flags: ["--member", "--role"],
  },
  "gcloud logging settings describe": { flags: [] },
  "gcloud projects describe": { flags: [] },
  "gcloud pubsub subscriptions ack": { flags: ["--ack-ids"] },
  "gcloud pubsub subscriptions pull": { flags: ["--auto-ack", "--limit"] },
  "gcloud pubsub topics publish": { flags: ["--message"] },
  "gcloud resource-manager org-policies describe": { flags: ["--effective"] },
  "gcloud services enable": { flags: [] },
  "gcloud storage buckets create": {
    flags: ["--location", "--uniform-bucket-level-access", "--public-access-prevention"],
  },
  "gcloud storage buckets update": { flags: ["--versioning"] },
  "gcloud storage cp": { flags: [] },
  "gcloud storage du": { flags: ["--summarize"] },
  "gcloud storage hmac list": { flags: ["--service-account"] },
  "gcloud storage hmac update": { flags: ["--deactivate"] },
  "gcloud storage ls": { flags: ["--all-versions", "--recursive", "--soft-deleted"] },
  "gcloud storage restore": {
    flags: ["--async", "--allow-overwrite"],
    only: { "--allow-overwrite": "--async" },
  },
  "gcloud transfer jobs list": { flags: [] },
  "gcloud transfer jobs run": { flags: [] },
  "gcloud transfer operations list": {
    flags: ["--job-names", "--expand-table"],
  },
  "gcloud transfer operations pause": { flags: [] },
  "helm rollback": { flags: ["--namespace", "--wait"] },
  "kubectl config current-context": { flags: [] },
  "kubectl delete": { flags: ["--context", "--namespace"] },
  "kubectl get": {
    flags: ["--context", "--namespace", "--selector", "--sort-by", "--label-columns"],
  },
  "kubectl logs": { flags: ["--namespace", "--since"] },
  "kubectl patch": { flags: ["--namespace", "--type", "--patch"] },
  "kubectl run": { flags: ["--image", "--restart", "--rm", "--stdin", "--tty"] },
  "kubectl scale": { flags: ["--namespace", "--replicas"] },
  "pulumi cancel": { flags: [] },
  "pulumi config rm": { flags: ["--stack"] },
  "pulumi config set": { flags: ["--stack", "--path"] },
  "pulumi destroy": { flags: ["--stack"] },
  "pulumi import": { flags: ["--stack"] },
  "pulumi login": { flags: [] },
  "pulumi new": { flags: [] },
  "pulumi package add": { flags: [] },
  "pulumi preview": { flags: ["--stack", "--diff", "--policy-pack", "--policy-pack-config", "--refresh"] },
  "pulumi refresh": { flags: ["--stack", "--yes", "--preview-only"] },
  "pulumi stack export": { flags: [] },
  "pulumi stack init": { flags: ["--secrets-provider"] },
  "pulumi stack output": { flags: ["--stack"] },
  "pulumi stack rm": { flags: ["--preserve-config"] },
  "pulumi up": {
    flags: ["--stack", "-s", "--policy-pack", "--policy-pack-config", "--refresh"],
  },
};

const KUBECTL_GLOBAL = ["--context", "--namespace"];

/** What a tool has against the flags of its command; nothing of programs that are not in the table. */
export function flagProblems(all: readonly string[]): readonly string[] {
  // What follows -- is the command of a pod.
  const words = all.includes("--") ? all.slice(0, all.indexOf("--")) : all;
  const [program = ""] = words;
  if (!["gcloud", "kubectl", "helm", "pulumi"].includes(program)) return [];
  const spoken = words.filter(
    (word, at) =>
      !word.startsWith("-") && !(program === "kubectl" && KUBECTL_GLOBAL.includes(words[at - 1] ?? "")),
  );
  const name = [4, 3, 2, 5]
    .map((length) => spoken.slice(0, length).join(" "))
    .find((start) => start in COMMAND_FLAGS);
  const known = COMMAND_FLAGS[name ?? ""];
  if (name === undefined || known === undefined)
    return [`no reference of this command is in the table: ${spoken.join(" ")}`];
  const given = words.filter((word) => word.startsWith("-")).map((word) => word.replace(/=.*$/, ""));
  const allowed = [...known.flags, ...(program === "gcloud" ? GCLOUD_WIDE : [])];
  return [
    ...given.filter((flag) => !allowed.includes(flag)).map((flag) => `${name} takes no ${flag}`),
    ...Object.entries(known.only ?? {})
      .filter(([flag, other]) => given.includes(flag) && !given.includes(other))
      .map(([flag, other]) => `${name} takes ${flag} only with ${other}`),
  ];
}
