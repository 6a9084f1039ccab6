import { spawn } from "node:child_process";
import type { CloudAddress } from "../../../sandbox/cloud/address.ts";
import type { StackOutputs, StateResource } from "../deploy.ts";
import { outputSigner } from "../sign-outputs.ts";
import { observe } from "./observer.ts";
import { servePage, type Page } from "./server.ts";

/** Serves the page of a stack that is up, and shows it in a browser where a person is at the terminal. */
export async function openPage(
  cloud: CloudAddress,
  outputs: StackOutputs,
  stack: string,
  resources: readonly StateResource[],
): Promise<Page> {
  const observer = await observe(cloud, outputs, stack, resources);
  try {
    const page = await servePage(observer, await outputSigner(cloud, outputs));
    if (process.stdout.isTTY) showInBrowser(page.url);
    return {
      url: page.url,
      close: async () => {
        await page.close();
        await observer.close();
      },
    };
  } catch (error) {
    await observer.close();
    throw error;
  }
}

/** Best effort: the address is printed as well. */
function showInBrowser(url: string): void {
  const command = process.platform === "darwin" ? "open" : "xdg-open";
  const child = spawn(command, [url], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}
