// The national single window: a declaration goes up, the sandbox answers, the counts of the day agree, connections are registered.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESKTOP, loginAs, openPage, PHONE, read, silent, sound, startBrowser, startPort, visit } from "./harness.mjs";

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

test("a declaration is sent on, the sandbox answers, and the day is counted", async () => {
  const trader = await openPage(browser, port.base, { lang: "zh" });
  await loginAs(trader, "trader", "/declarations");
  const list = await read(trader, "/declarations?status=released&limit=20");
  const declaration = list.items[0]?.id;
  assert.ok(declaration, "the demonstration has a released declaration");
  await visit(trader, `/declarations/${declaration}`);
  await trader.getByRole("button", { name: "上报国家单一窗口" }).click();
  await trader.getByText("沙箱对端：报文与签名真实，但不报送海关。").waitFor();
  // Over real files: the platform writes one, the sandbox answers with three.
  await trader.locator('[data-transmission] [data-status="released"]').waitFor();
  assert.equal(await trader.getByRole("button", { name: "上报国家单一窗口" }).count(), 0, "once is enough");
  await sound(trader, "national-declaration");
  await trader.locator("[data-transmission] a").click();
  await trader.locator('[data-receipt="L"]').waitFor();
  assert.equal(await trader.locator("[data-receipt]").count(), 3);
  await sound(trader, "national-transmission");
  await visit(trader, "/national/transmissions");
  await sound(trader, "national-transmissions");
  await trader.context().close();

  for (const [lang, device] of [["zh", DESKTOP], ["en", DESKTOP], ["zh", PHONE]]) {
    const office = await openPage(browser, port.base, { lang, device });
    await loginAs(office, "port-office", "/national");
    await office.locator('tr[data-day] [data-status="agree"]').first().waitFor();
    const today = office.locator("tr[data-day]").first();
    assert.equal(await today.locator('[data-figure="sent"]').textContent(), "1");
    assert.equal(await today.locator('[data-figure="files"]').textContent(), "3");
    await office.locator('[data-connector="goods-declaration"] .mark').waitFor();
    assert.equal(await office.getByRole("button", { name: /登记对接|Add a connection/ }).count(), 0, "the register is the administrator's");
    await sound(office, "national");
    await office.context().close();
  }
});

test("the administrator keeps the register, and a sandbox is never live", async () => {
  const admin = await openPage(browser, port.base, { lang: "en", allow: [400, 422] });
  await loginAs(admin, "admin", "/national");
  await admin.getByRole("button", { name: /Goods declaration and clearance information$/ }).click();
  const dialog = admin.getByRole("dialog");
  await dialog.getByLabel("Owner").fill("EDI desk");
  await dialog.getByLabel("Status").click();
  await admin.locator(".ant-select-item-option[title=Live]").click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText(/it cannot be live/).first().waitFor();
  await dialog.getByLabel("Status").click();
  await admin.locator(".ant-select-item-option[title=Testing]").click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await admin.locator('[data-connector="goods-declaration"]').getByText("EDI desk").waitFor();
  await admin.getByRole("dialog").waitFor({ state: "hidden" });
  await sound(admin, "national-admin");
  silent(admin);
  await admin.context().close();
});
