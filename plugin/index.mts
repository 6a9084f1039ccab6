// .mts, because Pulumi registers an old ts-node for .ts before it requires a plugin, and that knows no ES modules.
import { ComponentProvider } from "@pulumi/pulumi/provider/experimental/provider.js";
import { main } from "@pulumi/pulumi/provider/server.js";
import * as components from "./components.ts";
import { forOtherLanguages } from "./schema.ts";

/** Pulumi's component provider, with a schema that all language generators accept. */
class Provider extends ComponentProvider {
  override async getSchema(): Promise<string> {
    return forOtherLanguages(await super.getSchema());
  }
}

// Not awaited: Pulumi requires this module, and what is required may not wait.
void main(
  new Provider({
    name: "mpegflow-gcs",
    dirname: import.meta.dirname,
    components: Object.values(components),
  }),
  process.argv.slice(2),
);
