import { start } from "./start.ts";

/**
 * Stand-in provider for any package, in previews: `node stand-in.ts NAME VERSION <engine address>`. It models nothing.
 */
const [name = "", version = "", engineAddress] = process.argv.slice(2);
await start({ name, version, configuration: {}, resources: [], functions: [] }, engineAddress);
