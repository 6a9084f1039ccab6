import { PolicyPack } from "@pulumi/policy";
import { policies } from "./policies.ts";

new PolicyPack("mpegflow-gcs", { policies, enforcementLevel: "mandatory" });
