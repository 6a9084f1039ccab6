export type { Topics } from "./notifications.ts";
export { openStore } from "./store.ts";
export type { Listener, ListenOptions, Logger, Store, StoreOptions } from "./types.ts";
