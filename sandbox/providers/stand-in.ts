import { start } from "./start.ts";

/**
 * Stands in for the provider of any package, in previews: `node stand-in.ts NAME VERSION <engine address>`. It has a model of nothing.
 */
const [name = "", version = "", engineAddress] = process.argv.slice(2);
await start({ name, version, configuration: {}, resources: [], functions: [] }, engineAddress);
