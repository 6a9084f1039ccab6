import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("lets a program end whose log nobody reads any more", { timeout: 20_000 }, async () => {
  const program = fileURLToPath(new URL("log-program.ts", import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  try {
    await once(child.stdout, "data");
    child.stdout.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill("SIGTERM");
    const late = new Promise((resolve) => setTimeout(resolve, 5000, "late").unref());
    expect(await Promise.race([exited, late])).toEqual([0, null]);
  } finally {
    child.kill("SIGKILL");
  }
});
