import { bucketRefusal, fromJavaScript } from "./media-bucket-refusal.ts";
import type { Refusal } from "./refusal.ts";

/** Who reaches the bucket, and who hears of it. */
export const accessRefusals: Refusal[] = [
  bucketRefusal(
    "a rule without an origin or a method",
    { cors: [{ origins: [], methods: [] }] },
    "cors[0].origins: given []; allowed: an origin or more. Fix: name an origin, or remove the rule",
    "cors[0].methods: given []; allowed: a method or more. Fix: name a method, or remove the rule",
  ),
  bucketRefusal(
    "an origin without a scheme",
    { cors: [{ origins: ["studio.example.com"], methods: ["GET"] }] },
    'cors[0].origins[0]: given "studio.example.com"; allowed: an origin such as ' +
      "https://studio.example.com or http://localhost:8080, or * alone. Fix: write scheme and host, and " +
      "nothing behind",
  ),
  bucketRefusal(
    "an origin with a path",
    { cors: [{ origins: ["https://studio.example.com/app"], methods: ["GET"] }] },
    'cors[0].origins[0]: given "https://studio.example.com/app"; allowed: "https://studio.example.com", ' +
      'as browsers send it. Fix: write "https://studio.example.com"',
  ),
  bucketRefusal(
    "an origin with its scheme's own port",
    { cors: [{ origins: ["https://studio.example.com:443"], methods: ["GET"] }] },
    'cors[0].origins[0]: given "https://studio.example.com:443"; allowed: "https://studio.example.com", ' +
      'as browsers send it. Fix: write "https://studio.example.com"',
  ),
  bucketRefusal(
    "an origin with a wildcard in it",
    { cors: [{ origins: ["https://*.example.com"], methods: ["GET"] }] },
    'cors[0].origins[0]: given "https://*.example.com"; allowed: an origin such as ' +
      "https://studio.example.com or http://localhost:8080, or * alone. Fix: write scheme and host, and " +
      "nothing behind",
  ),
  bucketRefusal(
    "a method in small letters",
    { cors: [{ origins: ["*"], methods: ["get"] }] },
    'cors[0].methods[0]: given "get"; allowed: GET, HEAD, PUT, POST, PATCH, DELETE, OPTIONS, *. Fix: use ' +
      "one of these, in capitals",
  ),
  bucketRefusal(
    "a header with its value",
    { cors: [{ origins: ["*"], methods: ["PUT"], responseHeaders: ["content-type: video/mp4"] }] },
    'cors[0].responseHeaders[0]: given "content-type: video/mp4"; allowed: the name of a header, or *. ' +
      "Fix: name one header, without its value",
  ),
  bucketRefusal(
    "preflight answers remembered for two days",
    { cors: [{ origins: ["*"], methods: ["GET"], maxAgeSeconds: 172_800 }] },
    "cors[0].maxAgeSeconds: given 172800; allowed: whole seconds, 0 to 86400. Reason: browsers remember " +
      "for a day at most. Fix: choose a duration in this range",
  ),
  bucketRefusal(
    "networks of other organizations without a network",
    { ipFilter: { publicIpCidrRanges: ["192.0.2.0/24"], allowCrossOrganizationNetworks: true } },
    "ipFilter.allowCrossOrganizationNetworks: given true without networks; allowed: true with networks. " +
      "Reason: no other organization's network is listed. Fix: name the other organization's networks in " +
      "ipFilter.networks, or leave it out",
  ),
  bucketRefusal(
    "a filter that lets nobody in",
    { ipFilter: {} },
    "ipFilter: given no range and no network; allowed: one range or network, or more. Reason: a filter " +
      "that allows no network locks out Pulumi as well. Fix: name the networks that may reach the bucket, that " +
      "of your deployments among them",
  ),
  bucketRefusal(
    "a range with bits behind the mask",
    { ipFilter: { publicIpCidrRanges: ["192.0.2.1/24"] } },
    'ipFilter.publicIpCidrRanges[0]: given "192.0.2.1/24"; allowed: a range in CIDR notation whose ' +
      "address has no bit behind the mask: 192.0.2.0/24, 2001:db8::/32. Reason: Google takes 192.0.2.1/24 " +
      "for a mistake. Fix: write the first address of the range, a slash, and the number of bits",
  ),
  bucketRefusal(
    "a range of IPv6 with bits behind the mask",
    { ipFilter: { publicIpCidrRanges: ["2001:db8::1/32"] } },
    'ipFilter.publicIpCidrRanges[0]: given "2001:db8::1/32"; allowed: a range in CIDR notation whose ' +
      "address has no bit behind the mask: 192.0.2.0/24, 2001:db8::/32. Reason: Google takes 192.0.2.1/24 " +
      "for a mistake. Fix: write the first address of the range, a slash, and the number of bits",
  ),
  bucketRefusal(
    "an address without a mask",
    { ipFilter: { publicIpCidrRanges: ["192.0.2.1"] } },
    'ipFilter.publicIpCidrRanges[0]: given "192.0.2.1"; allowed: a range in CIDR notation whose address ' +
      "has no bit behind the mask: 192.0.2.0/24, 2001:db8::/32. Reason: Google takes 192.0.2.1/24 for a " +
      "mistake. Fix: write the first address of the range, a slash, and the number of bits",
  ),
  bucketRefusal(
    "the short name of a network, and no range in it",
    { ipFilter: { networks: [{ network: "default", allowedIpCidrRanges: [] }] } },
    'ipFilter.networks[0].network: given "default"; allowed: projects/PROJECT/global/networks/NETWORK. ' +
      "Fix: pass the id of the gcp.compute.Network",
    "ipFilter.networks[0].allowedIpCidrRanges: given []; allowed: a range or more. Fix: name the ranges " +
      "of the network's subnetworks, or 0.0.0.0/0 for all of them",
  ),
  bucketRefusal(
    "logs into a bucket with a name that there cannot be",
    { accessLogs: { bucketName: "Logs" } },
    'accessLogs.bucketName: given "Logs"; allowed: 3 to 63 lower-case letters, digits, - and _, first and ' +
      "last a letter or digit; with dots up to 222, each part up to 63. Reason: it has a character that " +
      "bucket names cannot have. Fix: pass the name of the bucket that gets the logs",
  ),
  bucketRefusal(
    "logs into the bucket itself",
    { bucketName: "acme-media", accessLogs: { bucketName: "acme-media" } },
    'accessLogs.bucketName: given "acme-media"; allowed: another bucket. Reason: the logs of a bucket ' +
      "that holds them would be logged in turn. Fix: create a separate bucket for logs",
  ),
  bucketRefusal(
    "logs below a leading slash",
    { accessLogs: { bucketName: "acme-logs", objectNamePrefix: "/media" } },
    'accessLogs.objectNamePrefix: given "/media"; allowed: the beginning of an object name, without a ' +
      "leading slash. Fix: leave it out to use the bucket's name, or name a prefix",
  ),
  bucketRefusal(
    "a grant to everybody",
    { iamMembers: [{ name: "viewers", role: "roles/storage.objectViewer", member: "allUsers" }] },
    'iamMembers[0].member: given "allUsers"; allowed: one principal. Reason: public access prevention is ' +
      "always enforced on a MediaBucket. Fix: serve objects by signed URLs, or by a CDN that signs",
  ),
  bucketRefusal(
    "a grant to everybody who is logged in",
    {
      iamMembers: [{ name: "viewers", role: "roles/storage.objectViewer", member: "allAuthenticatedUsers" }],
    },
    'iamMembers[0].member: given "allAuthenticatedUsers"; allowed: one principal. Reason: public access ' +
      "prevention is always enforced on a MediaBucket. Fix: serve objects by signed URLs, or by a CDN that " +
      "signs",
  ),
  bucketRefusal(
    "a basic role",
    { iamMembers: [{ name: "team", role: "roles/editor", member: "group:video@example.com" }] },
    'iamMembers[0].role: given "roles/editor"; allowed: a role of Cloud Storage such as ' +
      "roles/storage.objectViewer, or a custom role. Reason: basic roles give far more than a bucket needs. " +
      "Fix: choose the smallest role from " +
      "https://docs.cloud.google.com/storage/docs/access-control/iam-roles",
  ),
  bucketRefusal(
    "another service's role",
    { iamMembers: [{ name: "team", role: "roles/pubsub.viewer", member: "group:video@example.com" }] },
    'iamMembers[0].role: given "roles/pubsub.viewer"; allowed: a role of Cloud Storage such as ' +
      "roles/storage.objectViewer, or a custom role. Reason: other services' roles mean nothing on a " +
      "bucket. Fix: choose the smallest role from " +
      "https://docs.cloud.google.com/storage/docs/access-control/iam-roles",
  ),
  bucketRefusal(
    "a member without its kind",
    { iamMembers: [{ name: "team", role: "roles/storage.admin", member: "video@example.com" }] },
    'iamMembers[0].member: given "video@example.com"; allowed: user:, group:, serviceAccount:, domain: ' +
      "and a name, or principal:// or principalSet:// and a path. Fix: write the kind of principal in front",
  ),
  bucketRefusal(
    "a grant with a name that a child cannot have",
    { iamMembers: [{ name: "The Team", role: "roles/storage.admin", member: "group:video@example.com" }] },
    'iamMembers[0].name: given "The Team"; allowed: 1 to 63 small letters, digits and -, first and last a ' +
      "letter or digit. Fix: choose another name",
  ),
  bucketRefusal(
    "two grants of one name",
    {
      iamMembers: [
        { name: "team", role: "roles/storage.objectViewer", member: "group:video@example.com" },
        { name: "team", role: "roles/storage.objectUser", member: "group:video@example.com" },
      ],
    },
    'iamMembers[1].name: given "team"; allowed: a name that iamMembers[0] has not. Fix: choose another ' +
      "name",
  ),
  bucketRefusal(
    "one grant twice",
    {
      iamMembers: [
        { name: "team", role: "roles/storage.objectViewer", member: "group:video@example.com" },
        { name: "again", role: "roles/storage.objectViewer", member: "group:video@example.com" },
      ],
    },
    "iamMembers[1]: given the grant of iamMembers[0] again; allowed: each grant once. Reason: removing " +
      "one of the two would take the role away from the other. Fix: remove one of them",
  ),
  bucketRefusal(
    "a condition with more operators than Google takes, those in texts not counted",
    {
      iamMembers: [13, 14].map((parts, index) => ({
        name: `reads-${index}`,
        role: "roles/storage.objectViewer",
        member: "user:editor@example.com",
        condition: {
          title: `some-${index}`,
          expression: Array.from({ length: parts }, (_, part) => `resource.name != "a || !${part}"`).join(
            " || ",
          ),
        },
      })),
    },
    "iamMembers[1].condition.expression: given 13 logical operators; allowed: up to 12 of &&, || and !. " +
      "Reason: Google takes no more in one condition. Fix: make several grants of it, each with a part of the condition",
  ),
  bucketRefusal(
    "more conditions of one role and member than a policy takes",
    {
      iamMembers: Array.from({ length: 22 }, (_, index) => ({
        name: `reads-${index}`,
        role: "roles/storage.objectViewer",
        member: "user:editor@example.com",
        condition: { title: `part-${index}`, expression: `resource.name == "${index}"` },
      })),
    },
    "iamMembers[20]: given condition 21 of roles/storage.objectViewer for one member; allowed: up to 20 conditions for one role and member. " +
      "Fix: join conditions, or grant a role on another bucket",
  ),
  bucketRefusal(
    "a condition without title and expression",
    {
      iamMembers: [
        {
          name: "team",
          role: "roles/storage.objectViewer",
          member: "group:video@example.com",
          condition: { title: "", expression: " " },
        },
      ],
    },
    'iamMembers[0].condition.title: given ""; allowed: a text. Fix: write the condition\'s title',
    'iamMembers[0].condition.expression: given " "; allowed: a text. Fix: write the condition\'s ' +
      "expression",
  ),
  bucketRefusal(
    "a topic with a name that there cannot be",
    { notifications: [{ name: "ingest", topic: "projects/acme/topics/" }] },
    'notifications[0].topic: given "projects/acme/topics/"; allowed: projects/PROJECT/topics/TOPIC, or ' +
      "TOPIC. Fix: pass the id of the gcp.pubsub.Topic",
  ),
  bucketRefusal(
    "an event that there is not",
    fromJavaScript({ notifications: [{ name: "ingest", topic: "jobs", eventTypes: ["OBJECT_CREATED"] }] }),
    'notifications[0].eventTypes[0]: given "OBJECT_CREATED"; allowed: OBJECT_FINALIZE, ' +
      "OBJECT_METADATA_UPDATE, OBJECT_DELETE, OBJECT_ARCHIVE. Fix: use one of these",
  ),
  bucketRefusal(
    "a notification of no event at all",
    { notifications: [{ name: "ingest", topic: "jobs", eventTypes: [] }] },
    "notifications[0].eventTypes: given []; allowed: an event or more, or no eventTypes argument for " +
      "every event. Reason: Google takes an empty list for every event. Fix: leave eventTypes out to mean " +
      "every event",
  ),
  bucketRefusal(
    "notifications of an empty prefix",
    { notifications: [{ name: "ingest", topic: "jobs", objectNamePrefix: "" }] },
    'notifications[0].objectNamePrefix: given ""; allowed: the beginning of an object name, without a ' +
      "leading slash: outputs/. Fix: leave it out to mean every object, or name a prefix",
  ),
  bucketRefusal(
    "a payload that there is not",
    fromJavaScript({ notifications: [{ name: "ingest", topic: "jobs", payloadFormat: "XML" }] }),
    'notifications[0].payloadFormat: given "XML"; allowed: JSON_API_V1 or NONE. Fix: use one of these, or ' +
      "leave it out for JSON_API_V1",
  ),
  bucketRefusal(
    "two notifications of one name",
    {
      notifications: [
        { name: "ingest", topic: "jobs" },
        { name: "ingest", topic: "events" },
      ],
    },
    'notifications[1].name: given "ingest"; allowed: a name that notifications[0] has not. Fix: choose ' +
      "another name",
  ),
];
