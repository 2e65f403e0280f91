import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { renderPage } from "../../tools/report/page";
import { browserProgram } from "./support/browser";
import { reportedFacts } from "./support/page";

const AXE = require.resolve("axe-core/axe.min.js");

/** A phone, a tablet and a desk. */
const WIDTHS = [390, 820, 1280] as const;

/** What axe says of a page. */
interface Audit {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
  readonly passes: readonly { readonly id: string }[];
}

const executablePath = browserProgram();

describe("architecture report in a browser", function () {
  if (executablePath === undefined) return;
  this.timeout(120_000);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "streamflix-browser-"));
  const file = path.join(folder, "architecture.html");
  let browser: Browser;

  before(async () => {
    fs.writeFileSync(file, renderPage(await reportedFacts()));
    // The sandbox needs rights that root in a container lacks; the only page is our own.
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  });

  after(async () => {
    await browser.close();
    fs.rmSync(folder, { recursive: true });
  });

  /** Opens the page and hands it over; whatever it asks for or complains about is an error. */
  async function opened(width: number, colorScheme: "light" | "dark", look: (page: Page) => Promise<void>) {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    const heard: string[] = [];
    page.on("request", (request) => heard.push(`request of ${request.url().slice(0, 80)}`));
    page.on("console", (message) => heard.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => heard.push(`error: ${error.message}`));
    const url = pathToFileURL(file).href;
    await page.goto(url);
    assert.equal(await page.title(), "Architecture of prod");
    await look(page);
    assert.deepEqual(
      heard.filter((it) => it !== `request of ${url}` && !it.includes("data:")),
      [],
    );
    await page.close();
  }

  const openAll = (page: Page) =>
    page.evaluate("document.querySelectorAll('details').forEach((it) => { it.open = true; })");

  for (const width of WIDTHS) {
    it(`never scrolls sideways at ${width} px, with everything unfolded`, () =>
      opened(width, "light", async (page) => {
        await openAll(page);
        const [needed, shown] = await page.evaluate<[number, number]>(
          "[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
        );
        assert.equal(shown, width);
        assert.ok(needed <= shown, `${needed} px in ${shown}`);
        const wider = await page.evaluate<string[]>(
          "const isHidden = (it) => it.closest('thead') !== null && getComputedStyle(it.closest('thead')).position === 'absolute'; [...document.body.querySelectorAll('*')].filter((it) => it.getBoundingClientRect().right > innerWidth + 0.5 && it.className !== 'skip' && !isHidden(it)).map((it) => it.outerHTML.slice(0, 120))",
        );
        assert.deepEqual(wider, []);
      }));
  }

  for (const [scheme, width] of [
    ["light", 390],
    ["dark", 1280],
  ] as const) {
    it(`is accessible in ${scheme} colours at ${width} px, as axe sees it`, () =>
      opened(width, scheme, async (page) => {
        await openAll(page);
        await page.addScriptTag({ path: AXE });
        const { violations, passes } = await page.evaluate<Audit>("axe.run()");
        assert.deepEqual(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map((it) => it.html.slice(0, 120)).join(" | ")}`),
          [],
        );
        assert.ok(passes.some(({ id }) => id === "color-contrast"));
      }));
  }

  it("has other colours in the dark", async () => {
    const colours: string[] = [];
    for (const scheme of ["light", "dark"] as const) {
      await opened(1280, scheme, async (page) => {
        colours.push(await page.evaluate<string>("getComputedStyle(document.body).backgroundColor"));
      });
    }
    assert.notEqual(colours[0], colours[1]);
  });

  it("leads from an alarm to the text of its runbook", () =>
    opened(390, "light", async (page) => {
      const text = page.locator("#runbook-database-md-cpu");
      assert.equal(await text.isVisible(), false);
      await page.getByRole("link", { name: "database: cpu" }).click();
      await text.waitFor({ state: "visible" });
      assert.match((await text.textContent()) ?? "", /\*\*Trigger\.\*\*/);
    }));
});
