import * as pulumi from "@pulumi/pulumi";
import resource from "@pulumi/pulumi/proto/resource_pb.js";

// As the SDK begins that `pulumi package add terraform-provider hashicorp/netbox` writes.
const parameters = new resource.Parameterization();
parameters.setName("netbox");
parameters.setVersion("5.0.0");
parameters.setValue(
  Buffer.from('{"remote":{"url":"registry.opentofu.org/e-breuninger/netbox"}}').toString("base64"),
);
const request = new resource.RegisterPackageRequest();
request.setName("terraform-provider");
request.setVersion("0.14.0");
request.setParameterization(parameters);
const reference = new Promise((resolve, reject) => {
  pulumi.runtime.getMonitor().registerPackage(request, (error, answer) => {
    if (error) reject(error);
    else resolve(answer.getRef());
  });
});

class Prefix extends pulumi.CustomResource {
  constructor(name, args, opts = {}) {
    super("netbox:index/prefix:Prefix", name, args, opts, false, reference);
  }
}
new Prefix("studio", { prefix: "10.2.0.0/16", status: "active" });
