import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

const config = new pulumi.Config();
const tier = config.get("tier") ?? "db-f1-micro";

const network = gcp.compute.Network.get("shared", "projects/studio-dailies/global/networks/shared");
const range = new gcp.compute.GlobalAddress("database", {
  purpose: "VPC_PEERING",
  addressType: "INTERNAL",
  prefixLength: 16,
  network: network.id,
});
const peering = new gcp.servicenetworking.Connection("database", {
  network: network.id,
  service: "servicenetworking.googleapis.com",
  reservedPeeringRanges: [range.name],
});
const instance = new gcp.sql.DatabaseInstance(
  "titles",
  {
    databaseVersion: "POSTGRES_17",
    deletionProtection: false,
    settings: { tier, ipConfiguration: { ipv4Enabled: false, privateNetwork: network.id } },
  },
  { dependsOn: peering },
);
const password = new random.RandomPassword("titles", { length: 24, special: false });
const suffix = new random.RandomString("titles", { length: 6, upper: false });
new random.RandomPet("titles");
const user = new gcp.sql.User("titles", { instance: instance.name, password: password.result });
new gcp.sql.Database("titles", {
  instance: instance.name,
  name: pulumi.interpolate`titles-${suffix.result}`,
});
new gcp.redis.Instance("sessions", { memorySizeGb: 1, authorizedNetwork: network.id });

export const databaseUrl = pulumi.secret(
  pulumi.interpolate`postgres://${user.name}:${password.result}@${instance.privateIpAddress}/titles`,
);
