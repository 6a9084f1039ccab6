import { describe, expect, it } from "vitest";
import { COMMAND_FLAGS, flagProblems } from "./flags.ts";
import { pages } from "./pages.ts";
import { pageCommands, wordsOf } from "./shell.ts";

const commands = pages.flatMap(pageCommands);

describe("a command of another's tool", () => {
  it("is given only flags that its reference has", () => {
    const wrong = commands.flatMap(({ where, command }) =>
      flagProblems(wordsOf(command)).map((problem) => `${where}: ${problem}`),
    );
    expect(wrong).toEqual([]);
  });

  it("is in the table only as long as a page or the command of a page names it", () => {
    const all = commands
      .map(({ command }) => command.replaceAll(/ --(?:context|namespace) \S+/g, ""))
      .join("\n");
    expect(Object.keys(COMMAND_FLAGS).filter((name) => !all.includes(name))).toEqual([]);
  });

  it.each([
    ["a flag that it does not have", "gcloud pubsub subscriptions pull mpegflow-jobs --max-messages 5"],
    ["a flag that needs another", "gcloud storage restore gs://BUCKET/** --allow-overwrite"],
    ["a flag given by =", "kubectl get pods --selectors=name=keda"],
    ["a command without a reference", "gcloud storage rewind gs://BUCKET"],
  ])("is refused with %s", (_, command) => {
    expect(flagProblems(wordsOf(command))).not.toEqual([]);
  });
});
