import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { withoutLocalLinks } from "../../../../tools/package/local-links.ts";

const changelog = readFileSync(new URL("../../../../CHANGELOG.md", import.meta.url), "utf8");

test("the packed changelog links to nothing that is not in the package", () => {
  const packed = withoutLocalLinks(changelog);
  expect(packed.match(/\]\((?![a-z]+:)[^)]*\)/g)).toBeNull();
  expect(packed).toContain("(https://semver.org)");
});

test("a link's text stays where its target does not", () => {
  expect(withoutLocalLinks("see [the page](docs/a.md#b) and [x](https://x.y)")).toBe(
    "see the page and [x](https://x.y)",
  );
});
