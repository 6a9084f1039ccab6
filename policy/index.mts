// .mts, because Pulumi registers an old ts-node for .ts before it requires the pack, and that knows no ES modules.
import { PolicyPack } from "@pulumi/policy";
import { policies } from "./policies.ts";

new PolicyPack("mpegflow-gcs", { policies, enforcementLevel: "mandatory" });
