// The message centre in a real browser: a clerk takes a broken COARRI from red to processed, the trail is there, messages are found, and
// figures lead to the messages behind them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { loginAs, openPage, PHONE, read, settled, sound, startBrowser, startPort, visit } from "./harness.mjs";
import { brokenDischarge, send, shipInPort } from "./setting.mjs";

let port;
let browser;

before(async () => {
  [port, browser] = await Promise.all([startPort({ seed: 3, containers: 90 }), startBrowser()]);
});
after(async () => {
  await browser?.close();
  await port?.stop();
});

async function within(options, run) {
  const page = await openPage(browser, port.base, options);
  try {
    await run(page);
  } finally {
    await page.context().close();
  }
}

/** A red discharge report: its count of segments is wrong. */
async function redReport() {
  const ship = await shipInPort(browser, port.base);
  let report;
  await within({ lang: "en" }, async (page) => {
    await loginAs(page, "terminal");
    await send(page, "/demo/login", { user: ship.terminal.user });
    report = await page.evaluate(async (text) => {
      const answer = await fetch("/api/v1/messages", { method: "POST", headers: { "content-type": "application/edifact", "x-fairway": "1" }, body: text });
      return { status: answer.status, body: await answer.json() };
    }, brokenDischarge(ship));
    assert.ok(report.status < 300, JSON.stringify(report));
  });
  return report.body;
}

test("a clerk takes a broken COARRI from red to processed", async () => {
  const red = await redReport();
  await within({ lang: "en" }, async (page) => {
    await loginAs(page, "port-office", "/messages?waiting=true&type=COARRI");
    const report = await read(page, `/messages/${red.id}`);
    await visit(page, `/messages/${report.id}`);
    await page.locator('.tag[data-status="rejected"]').first().waitFor();
    // The very value that is wrong is marked, and the keyboard leads there.
    await page.keyboard.press("n");
    const mark = page.locator(".segment-picked mark.segment-mark").first();
    await mark.waitFor();
    const wrong = await mark.textContent();
    assert.match(wrong, /^\d+$/);
    await sound(page, "message-red");
    await page.getByRole("link", { name: "Repair", exact: true }).click();
    await page.waitForURL(/\/repair$/);
    await settled(page);
    const state = page.locator(".repair-state");
    await page.getByRole("button", { name: /^Apply: In UNT/ }).waitFor();
    assert.match(await state.textContent(), /errors? left/);
    const save = page.getByRole("button", { name: "Save and process again" });
    assert.ok(await save.isDisabled(), "neither a change nor a reason yet");
    await page.getByRole("button", { name: /^Apply: In UNT/ }).click();
    await page.getByText("No errors left: it can be saved").waitFor();
    await sound(page, "message-repair");
    assert.ok(await save.isDisabled(), "a reason is required");
    await page.getByLabel("Reason").fill("count checked with the terminal");
    await save.click();
    await page.waitForURL((url) => /\/messages\/G\w+$/.test(url.pathname) && !url.pathname.endsWith(report.id));
    await settled(page);
    await page.locator('.tag[data-status^="processed"]').first().waitFor();
    // Before and after, and the trail.
    // What differs is marked by the character: 18 and 16 share their first.
    await page.locator(".compare-changed del").first().waitFor();
    const trail = page.locator(".trail");
    await trail.getByText("count checked with the terminal").first().waitFor();
    await trail.getByText("Message repaired").waitFor();
    await trail.locator("ins").first().waitFor();
    await sound(page, "message-repaired");
    const repaired = await read(page, new URL(page.url()).pathname);
    assert.ok(repaired.objects.some((object) => object.type === "container"), "its boxes are discharged");
    // The message as it came is kept, and cannot be repaired again.
    await page.getByRole("link", { name: "Open the message as it came" }).click();
    await page.locator('.tag[data-status="repaired"]').first().waitFor();
    assert.equal(await page.getByRole("link", { name: "Repair", exact: true }).count(), 0);
    const kept = await read(page, `/messages/${report.id}`);
    assert.equal(kept.sha256, report.sha256);
  });
});

test("a terminal repairs its own message by typing, in Chinese", async () => {
  await within({ lang: "zh" }, async (page) => {
    await loginAs(page, "terminal", "/messages");
    const good = readFileSync(fileURLToPath(new URL("../../docs/samples/discharge-coarri-broken.edi", import.meta.url)), "utf8");
    await page.getByRole("button", { name: "粘贴报文文本" }).click();
    await page.getByRole("textbox", { name: "粘贴报文文本" }).fill(good);
    await page.getByRole("button", { name: "发送这段报文" }).click();
    await page.waitForURL(/\/messages\/G/);
    await settled(page);
    await page.locator('.tag[data-status="rejected"]').first().waitFor();
    await page.getByRole("link", { name: "修复", exact: true }).click();
    await settled(page);
    const unt = page.locator(".repair-input[aria-invalid=true]").first();
    await unt.waitFor();
    assert.equal(await unt.inputValue(), "UNT+24+1");
    await unt.fill("UNT+22+1");
    await page.locator(".repair-state:not(.repair-state-bad)").waitFor();
    // A segment put in makes the count wrong again; taken out, right.
    await page.getByRole("button", { name: "在第 3 段后插入", exact: true }).click();
    await page.getByRole("textbox", { name: "第 3 段后的新段" }).fill("FTX+AAI+++X");
    await page.locator(".repair-state-bad").waitFor();
    await page.locator(".repair-added").getByRole("button").click();
    await page.locator(".repair-state:not(.repair-state-bad)").waitFor();
    await page.getByLabel("原因").fill("段数写错");
    await page.getByRole("button", { name: "保存并重新处理" }).click();
    await page.waitForURL(/\/messages\/G\w+$/);
    await settled(page);
    await page.locator(".trail").getByText("段数写错").first().waitFor();
    await sound(page, "message-own-repair");
    // Its ship is not announced here: that is what is left to be mended, outside the message.
    await page.getByRole("button", { name: "不再处理" }).click();
    await page.getByRole("dialog").getByLabel("原因").fill("示例报文");
    await page.getByRole("dialog").getByRole("button", { name: "不再处理" }).click();
    await page.locator('.tag[data-status="closed"]').first().waitFor();
    await page.getByText("示例报文").first().waitFor();
  });
});

test("messages are found, and the search stays in the address", async () => {
  await within({ lang: "zh" }, async (page) => {
    await loginAs(page, "port-office", "/messages");
    const counts = await read(page, "/messages/counts");
    assert.equal(counts.desk, true);
    await page.locator(".message-counts").waitFor();
    await page.locator(".worklist tbody tr").first().waitFor();
    await sound(page, "messages-desk");
    const some = (await read(page, "/messages?direction=in&limit=1")).items[0];
    await page.getByRole("searchbox", { name: /参考号/ }).fill(some.reference);
    await page.waitForURL((url) => url.searchParams.get("q") === some.reference);
    await page.locator(".worklist tbody tr", { hasText: some.reference }).first().waitFor();
    await visit(page, "/messages?code=message-duplicate");
    const rows = page.locator(".worklist tbody tr");
    await rows.first().waitFor();
    await rows.first().getByRole("link").click();
    await page.locator(".finding", { hasText: "message-duplicate" }).first().waitFor();
    const table = await page.evaluate(async () => (await fetch("/api/v1/messages/export?code=message-duplicate")).text());
    assert.match(table, /message-duplicate/);
  });
});

test("figures lead to the messages behind them", async () => {
  await within({ lang: "en" }, async (page) => {
    await loginAs(page, "port-office", "/messages/statistics");
    await page.locator(".chart svg").first().waitFor();
    await sound(page, "message-statistics");
    const figures = await read(page, "/messages/statistics");
    assert.ok(figures.total.received > 20 && figures.total.rejected > 0 && figures.faults.length > 0, JSON.stringify(figures.total));
    const fault = figures.faults.find((each) => each.code === "EDI-UNT-COUNT");
    assert.ok(fault, "wrong counts were sent");
    await page.getByRole("link", { name: "EDI-UNT-COUNT" }).click();
    await page.waitForURL((url) => url.pathname === "/messages" && url.searchParams.get("code") === "EDI-UNT-COUNT");
    await settled(page);
    await page.locator(".worklist tbody tr").first().waitFor();
    const query = new URL(page.url()).searchParams.toString();
    const behind = await read(page, `/messages?${query}&limit=200`);
    assert.equal(behind.items.length, fault.messages, "as many messages as the figure says");
  });
});

test("the message centre fits a phone", async () => {
  const red = await redReport();
  await within({ lang: "zh", device: PHONE }, async (page) => {
    await loginAs(page, "port-office", "/messages");
    await sound(page, "messages");
    await visit(page, `/messages/${red.id}`);
    await sound(page, "message");
    await visit(page, `/messages/${red.id}/repair`);
    await sound(page, "message-repair");
    await visit(page, "/messages/statistics");
    await sound(page, "message-statistics");
  });
});
