import { z } from "zod";
import { ARCHIVE_SETTINGS } from "./settings/archive.ts";
import { CLUSTER_SETTINGS, SCALING_SETTINGS } from "./settings/clusters.ts";
import { COMMON_SETTINGS, type StackKind } from "./settings/common.ts";
import { JOB_SETTINGS, SIGNING_SETTINGS, WORKLOAD_SETTINGS } from "./settings/encoding.ts";
import { DELIVERY_SETTINGS, EVENT_SETTINGS, PROTECTION_SETTINGS } from "./settings/services.ts";
import { STORAGE_SETTINGS } from "./settings/storage.ts";

export { STACK_KINDS, type StackKind } from "./settings/common.ts";

const PLATFORM_SETTINGS = {
  ...COMMON_SETTINGS,
  ...STORAGE_SETTINGS,
  ...CLUSTER_SETTINGS,
  ...WORKLOAD_SETTINGS,
  ...SCALING_SETTINGS,
  ...JOB_SETTINGS,
  ...EVENT_SETTINGS,
  ...SIGNING_SETTINGS,
  ...PROTECTION_SETTINGS,
  ...DELIVERY_SETTINGS,
} as const;

/** Every key of the project's namespace, in the order of docs/configuration.md. A new key goes into one of the groups. */
export const SETTINGS = { ...PLATFORM_SETTINGS, ...ARCHIVE_SETTINGS } as const;

export type SettingKey = keyof typeof SETTINGS;

/** The keys that a stack of each kind may set. */
export const SETTINGS_OF = {
  platform: PLATFORM_SETTINGS,
  archive: { ...COMMON_SETTINGS, ...STORAGE_SETTINGS, ...ARCHIVE_SETTINGS },
} as const satisfies Record<StackKind, Partial<typeof SETTINGS>>;

type Schemas<Settings extends Record<string, { schema: z.ZodType }>> = {
  [Key in keyof Settings]: Settings[Key]["schema"];
};

/** One schema of several keys. Unknown keys are not its business: they may belong to Pulumi itself. */
function schemaOf<Settings extends Record<string, { schema: z.ZodType }>>(settings: Settings) {
  return z.object(
    Object.fromEntries(
      Object.entries(settings).map(([key, { schema }]) => [key, schema]),
    ) as Schemas<Settings>,
  );
}

const platformSchema = schemaOf(SETTINGS_OF.platform).extend({
  kind: z.literal("platform").default("platform"),
});
const archiveSchema = schemaOf(SETTINGS_OF.archive).extend({ kind: z.literal("archive") });

/** The schema of a stack of each kind. */
export const CONFIG_SCHEMAS = { platform: platformSchema, archive: archiveSchema } as const;

/** A platform's configuration, checked, with defaults. */
export type PlatformConfig = z.infer<typeof platformSchema>;
/** An archive's configuration, checked, with defaults. */
export type ArchiveConfig = z.infer<typeof archiveSchema>;
/** A stack's configuration, checked, with defaults. */
export type StackConfig = PlatformConfig | ArchiveConfig;
