import { resourceOf } from "./sdk.js";

const NativeBucket = resourceOf("google-native:storage/v1:Bucket", "0.32.0");
const Table = resourceOf("aws-native:dynamodb:Table", "1.38.0");
const Group = resourceOf("azure-native:resources:ResourceGroup", "3.9.0");
const Account = resourceOf("azure-native:storage:StorageAccount", "3.9.0");

new NativeBucket("exports", {
  location: "EU",
  iamConfiguration: { uniformBucketLevelAccess: { enabled: true } },
});
new Table("titles", {
  keySchema: [{ attributeName: "id", keyType: "HASH" }],
  billingMode: "PAY_PER_REQUEST",
});
const group = new Group("studio", { __outputs: ["name"] });
new Account("studio", { resourceGroupName: group.name, kind: "StorageV2", sku: { name: "Standard_LRS" } });
