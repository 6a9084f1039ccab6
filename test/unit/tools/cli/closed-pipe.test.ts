import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CLOSED_PIPE, endOnClosedPipe } from "../../../../tools/cli/closed-pipe.ts";
import { directories } from "../../../../tools/cli/directories.ts";

test("a command ends quietly when nobody reads what it writes", async () => {
  const child = spawn(process.execPath, [join(directories.root, "tools", "main.ts"), "cost", "--help"]);
  child.stdout.destroy();
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  await once(child, "close");
  expect({ errors, code: child.exitCode }).toEqual({ errors: "", code: CLOSED_PIPE });
});

test("another fault of a stream is no closed pipe", () => {
  const stream = new EventEmitter();
  const codes: number[] = [];
  endOnClosedPipe([stream], (code) => codes.push(code));
  stream.emit("error", Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
  expect(codes).toEqual([CLOSED_PIPE]);
  expect(() => stream.emit("error", Object.assign(new Error("full"), { code: "ENOSPC" }))).toThrow("full");
});
