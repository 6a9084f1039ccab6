import { Keda, type KedaArgs } from "../../../components/index.ts";
import type { Refusal } from "./refusal.ts";

const keda = (when: string, args: KedaArgs, ...says: string[]): Refusal => ({
  when,
  make: () => new Keda("keda", args),
  subject: 'Keda "keda"',
  says,
});

const tooOld = (version: string) =>
  `chartVersion: given "${version}"; allowed: a version from 2.20.2 on. ` +
  "Reason: earlier ones reject scaling strategies or miss permissions (kedacore/keda#7855, kedacore/keda#7922). " +
  "Fix: use 2.20.2 or later";

export const kedaRefusals: Refusal[] = [
  keda("a version with the fault that our pools meet", { chartVersion: "2.20.1" }, tooOld("2.20.1")),
  keda("a version of long ago", { chartVersion: "1.99.99" }, tooOld("1.99.99")),
  keda("a range of versions", { chartVersion: "^2.20.2" }, tooOld("^2.20.2")),
  keda(
    "an account that Kubernetes could not have, and no replica",
    {
      tokensFor: [{ namespace: "Media", name: "poller_1" }],
      watchedNamespaces: ["a/b"],
      replicas: 0,
      apiServerRange: "10.0.0.0",
    },
    'tokensFor[0].namespace: given "Media"; allowed: 1 to 63 characters of a-z, 0-9 and -. Fix: write the name as Kubernetes has it',
    'tokensFor[0].name: given "poller_1"; allowed: 1 to 63 characters of a-z, 0-9 and -. Fix: write the name as Kubernetes has it',
    'watchedNamespaces[0]: given "a/b"; allowed: 1 to 63 characters of a-z, 0-9 and -. Fix: write the name as Kubernetes has it',
    "replicas: given 0; allowed: a whole number from 1 to 5. Fix: use a number in that range",
    'apiServerRange: given "10.0.0.0"; allowed: a range of IPv4 addresses in CIDR notation: 199.36.153.4/30. Fix: write address and length of the prefix',
  ),
];
