import { audit } from "./audit.ts";
import { aws } from "./aws.ts";
import { buckets } from "./buckets.ts";
import type { Case } from "./case.ts";
import { clusters } from "./clusters.ts";
import { delivery } from "./delivery.ts";
import { egressSpellings } from "./egress-spellings.ts";
import { encryption } from "./encryption.ts";
import { judged } from "./judged.ts";
import { messaging } from "./messaging.ts";
import { namedHosts } from "./named-hosts.ts";
import { pinnedImages } from "./pinned-images.ts";
import { placement } from "./placement.ts";
import { strictBroker } from "./strict-broker.ts";
import { tls } from "./tls.ts";
import { wideSpellings, workerSpellings } from "./worker-spellings.ts";
import { writers } from "./writers.ts";

/** Every case of every policy. */
export const cases: readonly Case[] = [
  ...placement,
  ...writers,
  ...strictBroker,
  ...pinnedImages,
  ...tls,
  ...buckets,
  ...encryption,
  ...messaging,
  ...clusters,
  ...namedHosts,
  ...egressSpellings,
  ...workerSpellings,
  ...wideSpellings,
  ...delivery,
  ...audit,
  ...aws,
  ...judged,
];

export type { Case };
