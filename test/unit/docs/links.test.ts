import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { anchorsOf, linksOf, pages, root, textOf } from "./pages.ts";

/** Names that a link to the internet may have: whoever makes what the page speaks of. */
const hosts = [
  ...["docs.cloud.google.com", "cloud.google.com", "status.cloud.google.com", "docs.aws.amazon.com"],
  ...["www.pulumi.com", "keda.sh", "kubernetes.io", "github.com", "trac.ffmpeg.org", "ffmpeg.org"],
  ...[
    "semver.org",
    "docs.npmjs.com",
    "docs.docker.com",
    "cloudevents.io",
    "www.rfc-editor.org",
    "protobuf.dev",
    "no-color.org",
    "aomediacodec.github.io",
  ],
];

describe.each(pages)("%s", (page) => {
  const links = linksOf(page);
  const local = links.filter((link) => !/^[a-z]+:/.test(link));

  it("links to files and headings that there are", () => {
    const broken = local.filter((link) => {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? page : normalize(join(dirname(page), path));
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && target.endsWith(".md") && !anchorsOf(target).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  it("links to the internet by https, to makers of what it speaks of", () => {
    const odd = links
      .filter((link) => /^[a-z]+:/.test(link))
      .filter((link) => {
        const url = URL.canParse(link) ? new URL(link) : undefined;
        return url?.protocol !== "https:" || !hosts.includes(url.hostname);
      });
    expect(odd).toEqual([]);
  });
});

describe("the concepts and runbooks", () => {
  const own = pages.filter((page) => /^docs\/(?:concepts|runbooks)\//.test(page));

  it("can all be reached from docs/README.md, the pages of a list by that list", () => {
    const listedBy = (page: string): string[] =>
      linksOf(page).map((link) => normalize(join(dirname(page), link.split("#")[0] ?? "")));
    const listed = listedBy("docs/README.md");
    const lists = listed.filter((page) => page.startsWith("docs/") && page.endsWith("/README.md"));
    const reached = new Set(["docs/README.md", ...listed, ...lists.flatMap(listedBy)]);
    expect(pages.filter((page) => page.startsWith("docs/") && !reached.has(page))).toEqual([]);
  });

  it.each(own)("%s cites a source, and never calls replication synchronous", (page) => {
    const text = textOf(page);
    if (page.startsWith("docs/concepts/"))
      expect(linksOf(page).some((link) => link.startsWith("https:"))).toBe(true);
    expect(text.replaceAll(/asynchronous/gi, "")).not.toMatch(/synchronous/i);
  });
});
