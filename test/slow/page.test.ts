import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { jsonLineSchema, type JsonLine } from "../../tools/local/json-lines.ts";
import { localEnvironment, processesOf, type CommandResult } from "../end-to-end/support.ts";
import { chromiumArguments, findChromium } from "./chromium.ts";

const local = localEnvironment();
const jobs = 4;

let lines: JsonLine[];
let ended: Promise<CommandResult>;
let stop: () => void;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

const line = <T extends JsonLine["type"]>(type: T): Extract<JsonLine, { type: T }> | undefined =>
  lines.find((one): one is Extract<JsonLine, { type: T }> => one.type === type);

beforeAll(async () => {
  const { child, result } = local.start("local", "--jobs", String(jobs), "--json", "--open");
  ended = result;
  stop = () => child.kill("SIGINT");
  lines = [];
  await new Promise<void>((resolve, reject) => {
    let rest = "";
    child.stdout?.on("data", (text: string) => {
      const parts = (rest + text).split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts.map((part) => jsonLineSchema.parse(JSON.parse(part))));
      if (line("result") !== undefined) resolve();
    });
    void result.then(({ stderr }) => {
      reject(new Error(stderr));
    });
  });
  browser = await chromium.launch({ executablePath: findChromium(), args: chromiumArguments });
  page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => {
    complaints.push(error.message);
  });
  await page.goto(line("page")?.url ?? "");
  await page.waitForSelector(".job");
});
afterAll(async () => {
  await browser.close();
  await local.close();
});

describe("npm run local --jobs --json --open", () => {
  it("writes nothing but JSON, with every job at its end", () => {
    expect(line("result")).toMatchObject({ exitCode: 0 });
    expect(line("result")?.jobs.map(({ state }) => state)).toEqual(Array(jobs).fill("succeeded"));
    expect(lines.filter(({ type }) => type === "event").length).toBeGreaterThanOrEqual(2 * jobs);
    expect(line("resources")?.resources.length).toBeGreaterThan(40);
  });

  it("has jobs in both regions", () => {
    const regions = new Set(line("result")?.jobs.map(({ region }) => region));
    expect([...regions].toSorted()).toEqual(["us-central1", "us-east1"]);
  });
});

describe("the page", () => {
  it("shows every job in its region", async () => {
    for (const region of ["us-central1", "us-east1"]) {
      const shown = await page.locator(`[data-region="${region}"] .job`).count();
      expect(shown, region).toBe(line("result")?.jobs.filter((job) => job.region === region).length);
    }
    expect(await page.locator('.state[data-state="succeeded"]').count()).toBeGreaterThanOrEqual(jobs);
  });

  it("draws the engine's state: a card for each component, and lines between them", async () => {
    const resources = line("resources")?.resources ?? [];
    const pools = resources.filter(({ type }) => type === "mpegflow-gcs:index:EncoderPool");
    expect(await page.locator(".card", { hasText: "EncoderPool" }).count()).toBe(pools.length);
    const paths = await page.evaluate<string[]>(
      "[...document.querySelectorAll('.graph path')].map((one) => one.getAttribute('d') ?? '')",
    );
    expect(paths.length).toBeGreaterThan(5);
    for (const path of paths) expect(path).toMatch(/^M[\d.]+ [\d.]+C/);
  });

  it("lights up what a card is tied to, for the keyboard too", async () => {
    const card = page.locator(".card", { hasText: "MediaBucket" });
    await card.focus();
    expect(await card.getAttribute("data-on")).toBe("true");
    expect(await page.locator('.graph path[data-on="true"]').count()).toBeGreaterThan(0);
  });

  it("plays a job's HLS, sound and picture", async () => {
    await page.locator(".job button.poster").first().click();
    await vi.waitFor(
      async () => {
        expect(await page.evaluate<number>("document.getElementById('video').currentTime")).toBeGreaterThan(
          1,
        );
      },
      { timeout: 30_000, interval: 200 },
    );
    const state = await page.evaluate<{ width: number; seconds: number; error: unknown }>(
      "(({ videoWidth, duration, error }) => ({ width: videoWidth, seconds: duration, error }))(document.getElementById('video'))",
    );
    expect(state.error).toBeNull();
    expect(state.width).toBeGreaterThan(0);
    expect(Math.abs(state.seconds - 5.3)).toBeLessThan(0.2);
    expect(await page.locator(".chips .chip").count()).toBe(4);
  });

  it("shows the bucket, the events and the pods", async () => {
    expect(await page.locator("#bucket").innerText()).toMatch(/gs:\/\/[^]*NAM4[^]*asynchronous[^]*outputs\//);
    expect(await page.locator("#events li").count()).toBeGreaterThanOrEqual(2 * jobs);
    expect(await page.locator('#pods [data-ready="true"]').count()).toBe(4);
  });

  it("fits a narrow screen, and is dark where that is wanted", async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    const wide = await page.evaluate<number>("document.documentElement.scrollWidth");
    expect(wide).toBeLessThanOrEqual(390);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await page.evaluate<string>("getComputedStyle(document.documentElement).backgroundColor")).toBe(
      "rgb(14, 18, 24)",
    );
  });

  it("has names for everything that can be operated", async () => {
    const nameless = await page.evaluate<string[]>(`
      [...document.querySelectorAll("button, a, [tabindex='0'], progress")]
        .filter((one) => !one.getAttribute("aria-label") && !one.textContent.trim())
        .map((one) => one.outerHTML)
    `);
    expect(nameless).toEqual([]);
  });

  it("has nothing to complain of in the console", () => {
    expect(complaints).toEqual([]);
  });
});

it("Ctrl-C ends the page and leaves the stack up", async () => {
  stop();
  const { exitCode, stderr } = await ended;
  expect(exitCode, stderr).toBe(0);
  await expect(fetch(line("page")?.url ?? "")).rejects.toThrow();
  expect(processesOf(local.directory).length).toBeGreaterThan(0);
});
