export { faultRuleSchema, type FaultRule, type FaultRuleInput, type Faults } from "./faults/index.ts";
export { rateLimitsSchema, type RateLimits } from "./rate-limits.ts";
export { replicationSettingsSchema, type ReplicationSettings } from "./replication.ts";
export type { Topics } from "./topics.ts";
export type { Logger } from "./logger.ts";
export { openStore } from "./store.ts";
export type { Listener, ListenOptions, Store, StoreOptions } from "./types.ts";
