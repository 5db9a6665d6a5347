// Pictures of the main pages, for README and docs. Usage: node screenshots.mjs BASE_URL FOLDER
import { mkdirSync, mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const require = createRequire(new URL("../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");

const [base, folder] = process.argv.slice(2);
if (!base || !folder) throw new Error("usage: screenshots.mjs BASE_URL FOLDER");
mkdirSync(folder, { recursive: true });

const desktop = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

// name, role (null: public), address, size; a function as address finds it on the page
const pictures = [
  ["front", null, "/", desktop],
  ["front-phone", null, "/", phone],
  ["login", null, "/login", desktop],
  ["start-trader", "trader", "/start", desktop],
  ["start-officer", "customs", "/start", desktop],
  ["worklist-officer", "customs", "/worklist", desktop],
  ["case", "customs", firstCase, desktop],
  ["insight", "port-office", "/insight", desktop],
  ["ledger", "admin", "/ledger", desktop],
  ["start-trucker-phone", "trucker", "/start", phone],
];

async function firstCase(page) {
  await page.goto(`${base}/containers`, { waitUntil: "load" });
  const link = page.locator('a[href^="/cases/"]').first();
  await link.waitFor();
  return link.getAttribute("href");
}

const context = await chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), "fairway-browser-")), {
  executablePath: process.env.FAIRWAY_CHROMIUM,
  headless: true,
  locale: "zh-CN",
  timezoneId: "Asia/Shanghai",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
});
const page = await context.newPage();
const logins = await (await page.request.get(`${base}/api/v1/demo/logins`)).json();
let role = null;
for (const [name, wanted, address, size] of pictures) {
  await page.setViewportSize(size);
  if (wanted !== role && wanted !== null) {
    const login = logins.items.find((item) => item.role === wanted);
    if (!login) {
      console.error(`no login for the role ${wanted}; there are ${logins.items.map((item) => item.role).join(", ")}`);
      process.exitCode = 1;
      continue;
    }
    await context.clearCookies();
    await page.goto(`${base}/login`, { waitUntil: "load" });
    await page.locator(`.role-cards button[data-user="${login.user}"]`).click();
    await page.waitForURL((url) => url.pathname !== "/login");
    role = wanted;
  }
  const path = typeof address === "function" ? await address(page) : address;
  if (!path) {
    console.error(`nothing to show for ${name}`);
    process.exitCode = 1;
    continue;
  }
  // Pages keep a stream open for live changes, so the network is never idle: wait for content instead.
  await page.goto(base + path, { waitUntil: "load" });
  await page.locator("main h1, main h2").first().waitFor();
  await page.evaluate(() => document.fonts.ready);
  await page.waitForFunction(() => !document.querySelector(".ant-skeleton, .ant-spin-spinning"));
  await page.screenshot({ path: join(folder, `${name}.png`) });
  console.log(`${name}.png`);
}
await context.close();
