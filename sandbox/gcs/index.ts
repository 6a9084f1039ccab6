export { faultRuleSchema, type FaultRule, type FaultRuleInput, type Faults } from "./faults/index.ts";
export { rateLimitsSchema, type RateLimits } from "./rate-limits.ts";
export { replicationSettingsSchema, type ReplicationSettings } from "./replication.ts";
export type { Topics } from "./notifications.ts";
export { openStore } from "./store.ts";
export type { Listener, ListenOptions, Logger, Store, StoreOptions } from "./types.ts";
