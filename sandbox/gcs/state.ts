import type { Access } from "./access.ts";
import type { Buckets } from "./buckets.ts";
import type { Faults } from "./faults/index.ts";
import type { HmacKeys } from "./hmac-keys.ts";
import type { MultipartUploads } from "./multipart-uploads.ts";
import type { Notifications } from "./notifications.ts";
import type { Objects } from "./objects.ts";
import type { Replication } from "./replication.ts";
import type { Staging } from "./staging.ts";
import type { StoreOptions } from "./types.ts";
import type { Uploads } from "./uploads.ts";

/** Everything that a request handler works on. */
export interface State {
  readonly options: StoreOptions;
  readonly buckets: Buckets;
  readonly objects: Objects;
  readonly notifications: Notifications;
  readonly hmacKeys: HmacKeys;
  readonly staging: Staging;
  readonly faults: Faults;
  readonly uploads: Uploads;
  readonly multipart: MultipartUploads;
  readonly replication: Replication;
  readonly access: Access;
}
