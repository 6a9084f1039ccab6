import { resourceOf } from "./sdk.js";

const PrivateKey = resourceOf("tls:index/privateKey:PrivateKey", "5.2.2");
const Command = resourceOf("command:local:Command", "1.1.0");
const Sleep = resourceOf("time:index/sleep:Sleep", "0.1.1");
const Null = resourceOf("null:index/resource:Resource", "0.0.12");

const key = new PrivateKey("deploy", { algorithm: "ED25519", __outputs: ["publicKeyOpenssh"] });
const wait = new Sleep("settle", { createDuration: "30s" }, { dependsOn: key });
const checked = new Command(
  "smoke",
  { create: "curl --fail https://example.com", __outputs: ["stdout"] },
  { dependsOn: wait },
);
new Null("release", { triggers: { key: key.publicKeyOpenssh, output: checked.stdout } });
