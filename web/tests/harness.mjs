// What every browser test needs: the real binary with a small seeded port, a browser, a login, and traps for what must
// not happen (errors on the console, failing requests, faults that axe finds, pages wider than the screen).
//
//   FAIRWAY_BIN       the binary to start (default ../target/release/fairway, then ../target/debug/fairway)
//   FAIRWAY_URL       a running demonstration to use instead
//   FAIRWAY_CHROMIUM  the browser (default /usr/bin/chromium)
//   FAIRWAY_SHOTS     a folder for pictures of every page that is visited
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const START_MS_MAX = 240_000;
/** A page may be slow on a machine that compiles at the same time; a page that is broken stays broken. */
const WAIT_MS_MAX = 90_000;
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOTS = process.env.FAIRWAY_SHOTS;

export const DESKTOP = { name: "desktop", viewport: { width: 1440, height: 900 } };
export const PHONE = { name: "phone", viewport: { width: 390, height: 844 }, hasTouch: true };
export const ROLES = ["trader", "agent", "terminal", "trucker", "customs", "maritime", "border", "port-authority", "market-supervision", "port-office", "admin"];

function binary() {
  if (process.env.FAIRWAY_BIN) return process.env.FAIRWAY_BIN;
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const found = ["release", "debug"].map((profile) => join(root, "target", profile, "fairway")).find(existsSync);
  if (!found) throw new Error("no fairway binary: build it, or set FAIRWAY_BIN or FAIRWAY_URL");
  return found;
}

/** Starts a demonstration of its own; `stop` ends it and removes its data. */
export async function startPort({ seed = 1, containers = 120 } = {}) {
  if (process.env.FAIRWAY_URL) return { base: process.env.FAIRWAY_URL.replace(/\/$/, ""), stop: async () => {} };
  const data = mkdtempSync(join(tmpdir(), "fairway-browser-"));
  const args = ["demo", "--listen", "127.0.0.1:0", "--data", data, "--seed", String(seed), "--containers", String(containers)];
  const child = spawn(binary(), args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const ended = new Promise((done) => child.once("exit", done));
  const base = await new Promise((found, failed) => {
    const timer = setTimeout(() => failed(new Error(`no address within ${START_MS_MAX} ms:\n${output}`)), START_MS_MAX);
    const read = (chunk) => {
      output += chunk;
      const address = /https?:\/\/[\w.:[\]-]+:\d+/.exec(output);
      if (address) {
        clearTimeout(timer);
        found(address[0]);
      }
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", (code) => {
      clearTimeout(timer);
      failed(new Error(`the binary ended with ${code}:\n${output}`));
    });
  });
  return {
    base,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
      rmSync(data, { recursive: true, force: true });
    },
  };
}

export function startBrowser({ args = [] } = {}) {
  return chromium.launch({
    executablePath: process.env.FAIRWAY_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", ...args],
  });
}

/**
 * A page in a language and on a device. `allow`: statuses of answers that this test provokes on purpose; the browser
 * writes each of them to the console.
 */
export async function openPage(browser, base, { lang = "zh", device = DESKTOP, allow = [] } = {}) {
  const { name, ...screen } = device;
  const context = await browser.newContext({ ...screen, locale: lang === "zh" ? "zh-CN" : "en-GB", baseURL: base, acceptDownloads: true, reducedMotion: "reduce" });
  await context.addInitScript((language) => {
    if (!localStorage.getItem("fairway.language")) localStorage.setItem("fairway.language", language);
  }, lang);
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS_MAX);
  const faults = [];
  page.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    const text = message.text();
    const status = /status of (\d+)/.exec(text)?.[1];
    if (status && allow.includes(Number(status))) return;
    faults.push(`${message.type()}: ${text}`);
  });
  page.on("pageerror", (error) => faults.push(`uncaught: ${error.message}`));
  page.fairway = { faults, device: name, lang };
  return page;
}

/** Logs in as the demonstration's user of a role, through the page. */
export async function loginAs(page, role, path = "/start") {
  await page.goto(`/login?next=${encodeURIComponent(path)}`);
  await page.locator(`button[data-role="${role}"]`).first().click();
  await page.waitForURL((url) => url.pathname === new URL(path, "http://port").pathname);
  await settled(page);
}

/** Goes to a page and waits until what it reads is there. */
export async function visit(page, path) {
  await page.goto(path);
  await settled(page);
}

export async function settled(page) {
  await page.locator("h1").first().waitFor();
  await page.waitForFunction(() => !document.querySelector(".loading, .boot"));
}

/** Reads the API with the page's own session. */
export async function read(page, path) {
  const answer = await page.evaluate(async (wanted) => {
    const response = await fetch(`/api/v1${wanted}`);
    return { status: response.status, body: await response.json() };
  }, path);
  assert.equal(answer.status, 200, `GET ${path}: ${answer.status}`);
  return answer.body;
}

/** No fault of WCAG 2.2 A and AA that axe can find. */
export async function accessible(page) {
  // Fading colours would be measured on their way.
  await page.evaluate(() => Promise.all(document.getAnimations().filter((each) => each.effect?.getTiming().iterations !== Infinity).map((each) => each.finished.catch(() => undefined))));
  // How far a step has scrolled must not decide what the header covers.
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.evaluate(axeSource);
  const result = await page.evaluate(async () => {
    const found = await globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"] });
    // What a dialog covers in part is no target while the dialog is open: nothing beneath it can be pressed.
    const dialog = [...document.querySelectorAll('[role="dialog"]')].find((each) => each.checkVisibility());
    const counts = (fault, node) => fault.id !== "target-size" || !dialog || dialog.contains(document.querySelector(node.target[0]));
    const violations = found.violations.map((fault) => ({ ...fault, nodes: fault.nodes.filter((node) => counts(fault, node)) }));
    return { violations: violations.filter((fault) => fault.nodes.length > 0) };
  });
  const found = result.violations.map((fault) => `${fault.id}: ${fault.help}\n${fault.nodes.slice(0, 4).map((node) => `    ${node.target.join(" ")}: ${node.failureSummary?.split("\n")[1]?.trim() ?? ""}`).join("\n")}`);
  assert.deepEqual(found, [], `axe on ${page.url()}:\n${found.join("\n")}`);
}

/** The page is no wider than its screen. */
export async function fits(page) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `${page.url()} is ${over} px wider than the ${page.fairway.device}`);
}

export async function picture(page, name) {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}-${page.fairway.lang}-${page.fairway.device}.png`), fullPage: true });
}

/** Everything that holds for every page: accessible, fitting, silent on the console, in the language that was chosen. */
export async function sound(page, name) {
  await picture(page, name);
  await accessible(page);
  await fits(page);
  assert.equal(await page.locator("h1").count(), 1, `${page.url()} has one h1`);
  assert.equal(await page.evaluate(() => document.documentElement.lang), page.fairway.lang === "zh" ? "zh-CN" : "en");
  silent(page);
}

export function silent(page) {
  assert.deepEqual(page.fairway.faults, [], `console of ${page.url()}`);
}
