import { buckets } from "./buckets.ts";
import type { Case } from "./case.ts";
import { placement } from "./placement.ts";
import { clusters, encryption, messaging, others } from "./services.ts";
import { strictBroker } from "./strict-broker.ts";

/** Every case of every policy. */
export const cases: readonly Case[] = [
  ...placement,
  ...strictBroker,
  ...buckets,
  ...encryption,
  ...messaging,
  ...clusters,
  ...others,
];

export type { Case };
