/**
 * Preloaded (`NODE_OPTIONS=--import`) into every Node.js process of a preview. In the program's process it replaces the address of the engine's
 * resource monitor by that of a proxy. Every language host passes that address on the command line.
 */
import { createRequire } from "node:module";

const server = process.env["MPEGFLOW_SANDBOX_PREVIEW_SERVER"];
if (server !== undefined && /[\\/]cmd[\\/]run([\\/]|$)/.test(process.argv[1] ?? "")) {
  // For a language host that does not do so itself.
  createRequire(import.meta.url)("../engine/language-host/quick-start.cjs");
  const options = process.argv;
  const position = options.findIndex((option) => option === "--monitor" || option.startsWith("--monitor="));
  const joined = options[position]?.startsWith("--monitor=") === true;
  const address = joined ? options[position]?.slice("--monitor=".length) : options[position + 1];
  if (position > 0 && address !== undefined) {
    const own = await requestProxy(server, { address, directory: process.cwd() });
    if (joined) options[position] = `--monitor=${own}`;
    else options[position + 1] = own;
  }
}

async function requestProxy(url: string, body: object): Promise<string> {
  // The other processes of a preview load this module too, and have no use for it.
  const { request } = await import("node:http");
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: "POST", agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      answer.on("end", () => {
        if (answer.statusCode === 200) resolve(text);
        else reject(new Error(`The preview server answered ${answer.statusCode ?? "nothing"}: ${text}`));
      });
    });
    asked.on("error", reject);
    asked.end(JSON.stringify(body));
  });
}
