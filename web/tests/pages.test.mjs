// The public pages, the start pages, the case page, insight, ledger, administration and help: in both languages, on a
// desk and on a phone, against the real binary.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { accessible, DESKTOP, fits, loginAs, openPage, PHONE, picture, read, ROLES, settled, silent, sound, startBrowser, startPort, visit } from "./harness.mjs";

const FIRST_PAGE_BYTES_MAX = 250 * 1024;

let port;
let browser;

before(async () => {
  port = await startPort();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await port?.stop();
});

const EVERYWHERE = [["zh", DESKTOP], ["zh", PHONE], ["en", DESKTOP], ["en", PHONE]];
/** Each language and each device once: enough where many pages are built alike. */
const CROSSWISE = [["zh", DESKTOP], ["en", PHONE]];

/** Runs a step in each language and on each device. */
async function everywhere(t, name, { places = EVERYWHERE, ...options }, step) {
  for (const [lang, device] of places) {
    await t.test(`${name}, ${lang}, ${device.name}`, async () => {
      const page = await openPage(browser, port.base, { lang, device, ...options });
      try {
        await step(page, { lang, device });
      } finally {
        await page.context().close();
      }
    });
  }
}

/** A container of the port that is well under way, as the customs officer sees it. */
async function someContainer(page) {
  const { items } = await read(page, "/containers?limit=100");
  assert.ok(items.length > 0, "the demonstration has containers");
  return items.find((item) => item.status === "released") ?? items.find((item) => item.discharged_at) ?? items[0];
}

test("the front page says what this is and how long clearance takes", async (t) => {
  await everywhere(t, "front page", {}, async (page, { lang }) => {
    await visit(page, "/");
    assert.match(await page.locator("h1").innerText(), lang === "zh" ? /箱子/ : /container/);
    const figure = page.locator(".clearance-figure strong");
    await figure.waitFor();
    assert.match(await figure.innerText(), /^\d+(\.\d)?$/);
    await page.locator(".role-card").nth(ROLES.length - 1).waitFor();
    assert.equal(await page.locator(".role-card").count(), ROLES.length, "a card for every role");
    assert.equal(await page.locator(".journey li").count(), 8);
    assert.match(await page.locator(".ledger-strip .mono").innerText(), /^[0-9a-f]{64}$/);
    await page.locator(".clearance-card .definition-button").click();
    await page.locator(".definition:popover-open").waitFor();
    assert.ok((await page.locator(".definition:popover-open").innerText()).length > 20, "the figure is defined");
    await page.keyboard.press("Escape");
    await page.locator(".definition:popover-open").waitFor({ state: "detached" });
    await sound(page, "landing");
  });
});

test("the first page is small", async () => {
  const page = await openPage(browser, port.base);
  let bytes = 0;
  const sizes = [];
  page.on("response", (response) => {
    if (/\.(js|css)$/.test(new URL(response.url()).pathname)) sizes.push(response.request().sizes().then((size) => (bytes += size.responseBodySize)));
  });
  await visit(page, "/");
  await page.waitForLoadState("networkidle").catch(() => undefined);
  await Promise.all(sizes);
  assert.ok(sizes.length > 0 && bytes > 0, "the page loads its code");
  assert.ok(bytes <= FIRST_PAGE_BYTES_MAX, `${bytes} bytes of code and style, at most ${FIRST_PAGE_BYTES_MAX}`);
  await page.context().close();
});

test("a box can be looked up without a login", async (t) => {
  const officer = await openPage(browser, port.base);
  await loginAs(officer, "customs");
  const box = await someContainer(officer);
  await officer.context().close();
  await everywhere(t, "look up", { allow: [404] }, async (page) => {
    await visit(page, "/");
    await page.locator(".look-up-number").fill(box.number.toLowerCase());
    await page.locator(".look-up-check").fill(box.bill_no.slice(-4));
    await page.locator(".look-up button").click();
    await page.waitForURL(/\/track\//);
    await page.locator(".track-steps li").first().waitFor();
    assert.equal(await page.locator("#track-number").innerText(), box.number);
    assert.ok((await page.locator(".track-steps li").count()) >= 4);
    await sound(page, "track");
    await visit(page, `/track/${box.number}?check=zzzz`);
    await page.locator(".bullets").waitFor();
    assert.equal(await page.locator(".track-steps").count(), 0, "nothing is shown without the right check");
    await sound(page, "track-none");
  });
});

test("login: wrong password, protected page, one press", async (t) => {
  await everywhere(t, "login", { allow: [401, 422] }, async (page) => {
    await visit(page, "/worklist");
    assert.equal(new URL(page.url()).pathname, "/login");
    await sound(page, "login");
    await page.locator("input[autocomplete=username]").fill("nobody");
    await page.locator("input[autocomplete=current-password]").fill("wrong");
    await page.locator("button[type=submit]").click();
    await page.getByRole("alert").waitFor();
    await page.locator('button[data-role="customs"]').first().click();
    await page.waitForURL((url) => url.pathname === "/worklist");
    await settled(page);
    await sound(page, "worklist");
  });
});

test("every role has a start page with its work", async (t) => {
  for (const role of ROLES) {
    await everywhere(t, role, { places: CROSSWISE }, async (page, { device }) => {
      await loginAs(page, role);
      await page.locator(".main-action").first().waitFor();
      if (device === DESKTOP) {
        assert.ok((await page.locator(".side-nav a").count()) >= 5);
      } else {
        await page.locator(".nav-button").click();
        await page.locator(".side-drawer .side-nav a").first().waitFor();
        await page.keyboard.press("Escape");
        await page.locator(".side-drawer .side-nav a").first().waitFor({ state: "hidden" });
      }
      await sound(page, `start-${role}`);
    });
  }
});

test("every main action leads to a page", async (t) => {
  for (const role of ROLES) {
    await t.test(role, async () => {
      const page = await openPage(browser, port.base);
      await loginAs(page, role);
      const targets = await page.locator(".main-action").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
      for (const target of targets) {
        await visit(page, target);
        assert.equal(await page.locator(".error-page").count(), 0, `${role}: ${target}`);
      }
      silent(page);
      await page.context().close();
    });
  }
});

test("the case page tells the whole story of a box", async (t) => {
  await everywhere(t, "case", {}, async (page) => {
    await loginAs(page, "customs");
    const box = await someContainer(page);
    await visit(page, `/cases/${encodeURIComponent(box.id)}`);
    await page.locator(".timeline-day > ol > .event").first().waitFor();
    assert.equal(await page.locator("h1").innerText(), box.number);
    assert.ok((await page.locator(".stage-row").count()) >= 6, "a row for every stage");
    const events = await page.locator(".timeline-day > ol > .event").count();
    assert.ok(events >= 4, "the timeline has its events");
    const first = await page.locator(".timeline-day > ol > .event time").first().getAttribute("datetime");
    await page.locator(".timeline .panel-head button").first().click();
    const oldest = await page.locator(".timeline-day > ol > .event time").first().getAttribute("datetime");
    assert.ok(Date.parse(oldest) <= Date.parse(first), "the order can be turned");
    await sound(page, "case");
  });
});

test("a receipt downloaded from the timeline proves its event, and a changed one does not", async () => {
  const page = await openPage(browser, port.base);
  await loginAs(page, "customs");
  const box = await someContainer(page);
  await visit(page, `/cases/${encodeURIComponent(box.id)}`);
  await page.locator(".timeline-day > ol > .event > .event-proof a[download]").first().waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator(".timeline-day > ol > .event > .event-proof a[download]").last().click()]);
  const folder = mkdtempSync(join(tmpdir(), "fairway-receipt-"));
  const good = join(folder, "receipt.json");
  await download.saveAs(good);
  await visit(page, "/ledger");
  await page.locator(".upload input").setInputFiles(good);
  await page.locator(".receipt-good").waitFor();
  const receipt = JSON.parse(readFileSync(good, "utf8"));
  receipt.event = receipt.event.replace(/[a-z](?=[^a-z]*$)/, (letter) => (letter === "x" ? "y" : "x"));
  const bad = join(folder, "changed.json");
  writeFileSync(bad, JSON.stringify(receipt));
  await page.locator(".upload input").setInputFiles(bad);
  await page.locator(".receipt-bad").waitFor();
  await sound(page, "ledger");
  await page.context().close();
});

test("any number leads to its object, from anywhere, by keyboard", async () => {
  const page = await openPage(browser, port.base, { lang: "en" });
  await loginAs(page, "customs");
  const box = await someContainer(page);
  await page.keyboard.press("/");
  await page.keyboard.type(box.number);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/(search|cases)/);
  await page.getByText(box.number).first().waitFor();
  await visit(page, "/search?q=NOSUCHNUMBER");
  await page.locator(".worklist-empty").waitFor();
  await sound(page, "search-none");
  await page.context().close();
});

test("rows of a list are walked with the arrow keys", async () => {
  const page = await openPage(browser, port.base);
  await loginAs(page, "port-office", "/worklist?mine=false");
  const links = page.locator(".worklist-link");
  await links.nth(1).waitFor();
  await links.first().focus();
  await page.keyboard.press("ArrowDown");
  assert.equal(await links.nth(1).evaluate((link) => link === document.activeElement), true);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname !== "/worklist");
  await page.context().close();
});

test("the port office sees where the time goes", async (t) => {
  await everywhere(t, "insight", {}, async (page) => {
    await loginAs(page, "port-office", "/insight");
    await page.locator(".stage-table tbody tr").first().waitFor();
    await page.locator(".chart-place svg").first().waitFor();
    await sound(page, "insight");
    const toggle = page.locator(".chart-foot button").first();
    await toggle.click();
    assert.ok((await page.locator(".chart-table tbody tr").count()) > 3, "the chart has its table");
    await page.locator(".stage-table tbody a").first().click();
    await page.waitForURL(/\/insight\/cases/);
    await settled(page);
    await page.locator(".worklist-link").first().waitFor();
    await sound(page, "insight-cases");
    await visit(page, "/live");
    await page.locator(".live-counter").first().waitFor();
    await sound(page, "live");
  });
});

test("the administrator keeps organisations, users, keys; sees audit and outbox", async (t) => {
  for (const path of ["organisations", "users", "api-keys", "audit", "partners", "partners/terminal-east", "outbox"]) {
    await everywhere(t, path, { places: CROSSWISE }, async (page) => {
      await loginAs(page, "admin", `/admin/${path}`);
      await sound(page, `admin-${path.replace("/", "-")}`);
    });
  }
  await t.test("a key is shown once and can be revoked", async () => {
    const page = await openPage(browser, port.base, { lang: "en" });
    await loginAs(page, "admin", "/admin/api-keys");
    await page.getByRole("button", { name: "New key" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("Terminal operating system");
    await dialog.getByRole("combobox").click();
    await page.locator(".ant-select-item-option").first().click();
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByText(/^fwk_/).waitFor();
    await page.getByText("Terminal operating system").first().waitFor();
    await accessible(page);
    silent(page);
    await page.context().close();
  });
});

test("who edits what somebody else has just changed is told, and overwrites nothing", async () => {
  const page = await openPage(browser, port.base, { lang: "en", allow: [412] });
  await loginAs(page, "admin", "/admin/organisations");
  const row = page.locator("tbody tr", { hasText: "trader" }).first();
  await row.getByRole("button", { name: /^Edit/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  // Another administrator, in another window.
  const other = await page.evaluate(async () => {
    const id = document.querySelector("[role=dialog] #id").value;
    const rows = await (await fetch(`/api/v1/admin/organisations?q=${id}`)).json();
    const { version, ...organisation } = rows.items.find((each) => each.id === id);
    const body = JSON.stringify({ ...organisation, name: { ...organisation.name, en: "Renamed elsewhere" } });
    const headers = { "content-type": "application/json", "x-fairway": "1", "if-match": `"${version}"` };
    return (await fetch(`/api/v1/admin/organisations/${id}`, { method: "PUT", headers, body })).status;
  });
  assert.equal(other, 200);
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByRole("alert").getByText("stale").waitFor();
  await dialog.getByRole("button", { name: "Show what it is now" }).click();
  await page.getByText("Renamed elsewhere").first().waitFor();
  silent(page);
  await page.context().close();
});

test("a trader is refused what is the administrator's", async () => {
  const page = await openPage(browser, port.base, { lang: "en", allow: [403] });
  await loginAs(page, "trader");
  await visit(page, "/admin/users");
  await page.getByRole("alert").waitFor();
  assert.equal(await page.locator(".worklist-link").count(), 0);
  silent(page);
  await page.context().close();
});

/** The newest day whose seed is published and on which something was drawn. */
async function dayWithDraws(page) {
  for (let back = 1; back < 28; back += 1) {
    const day = new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);
    const found = await page.evaluate(async (path) => (await fetch(path)).json(), `/api/v1/public/draws/${day}?limit=1`);
    if (found.revealed_seed && found.draws?.length) return day;
  }
  assert.fail("the demonstration has no day with draws");
}

test("help, API document, draws, verification, unknown page", async (t) => {
  await everywhere(t, "public", { allow: [404] }, async (page) => {
    await visit(page, "/help");
    await sound(page, "help");
    await visit(page, "/docs/api");
    await page.locator(".operation").first().waitFor();
    await page.locator(".operation summary").first().click();
    await page.locator(".operation-body").first().waitFor();
    await sound(page, "api");
    await visit(page, `/draws/${new Date().toISOString().slice(0, 10)}`);
    await sound(page, "draws");
    const yesterday = await dayWithDraws(page);
    await visit(page, `/draws/${yesterday}`);
    await page.getByRole("button", { name: page.fairway.lang === "zh" ? "复算当日全部抽取" : "Recompute all draws of the day" }).click();
    await page.getByText(page.fairway.lang === "zh" ? /次抽取全部与公布一致/ : /draws are as published/).waitFor();
    await sound(page, "draws-recomputed");
    await visit(page, "/verify/NOSUCHCODE");
    await page.locator(".verdict-bad").waitFor();
    await sound(page, "verify-none");
    await visit(page, "/no/such/page");
    await page.locator(".error-page").waitFor();
    await sound(page, "404");
  });
});

test("the language is switched and kept", async () => {
  const page = await openPage(browser, port.base);
  await visit(page, "/help");
  await page.getByText("EN", { exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Help" }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Help" }).waitFor();
  await page.context().close();
});

test("the first Tab offers to skip to the content", async () => {
  const page = await openPage(browser, port.base);
  await loginAs(page, "trader");
  await page.reload();
  await settled(page);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.classList.contains("skip-link")), true);
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "content");
  await page.context().close();
});

test("a server that goes away is told, and nothing acts twice", async () => {
  const page = await openPage(browser, port.base, { lang: "en" });
  await loginAs(page, "admin", "/admin/organisations");
  const keys = [];
  await page.route("**/api/v1/admin/api-keys", (route) => {
    if (route.request().method() !== "POST") return route.continue();
    keys.push(route.request().headers()["idempotency-key"]);
    return route.abort();
  });
  await visit(page, "/admin/api-keys");
  await page.getByRole("button", { name: "New key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Lost");
  await dialog.getByRole("combobox").click();
  await page.locator(".ant-select-item-option").first().click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByRole("alert").waitFor();
  await dialog.getByRole("button", { name: "Save" }).click();
  while (keys.length < 4) await page.waitForEvent("requestfailed");
  assert.equal(new Set(keys).size, 1, "every attempt of the same action carries the same key");
  await picture(page, "offline");
  await fits(page);
  await page.context().close();
});
