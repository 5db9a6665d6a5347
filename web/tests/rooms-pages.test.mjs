// Every role page, in both languages, on a desk and on a phone, with the objects of a living port: accessible, fitting, silent.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESKTOP, loginAs, openPage, PHONE, read, settled, silent, sound, startBrowser, startPort, visit } from "./harness.mjs";
import { shipInPort } from "./setting.mjs";

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

/** The pages of a role: fixed addresses, and the newest objects that the role may see. */
const ROLE_PAGES = {
  trader: {
    lists: ["/bills", "/declarations", "/inspections", "/duty-notices", "/guarantees", "/delivery-orders", "/bookings", "/bookings/new", "/containers", "/agreements", "/mailbox"],
    objects: { "/bills": "number", "/declarations": "id", "/duty-notices": "id", "/delivery-orders": "id" },
  },
  agent: {
    lists: ["/calls", "/calls?announce=1", "/manifests", "/manifests/new", "/discharge-orders", "/loading-orders", "/messages", "/delivery-orders", "/mailbox", "/channel"],
    objects: { "/calls": "id", "/manifests": "id", "/messages": "id" },
  },
  terminal: {
    lists: ["/gate", "/gate/transactions", "/discharge-orders", "/loading-orders", "/containers", "/containers/discharge", "/calls", "/inspections", "/bookings", "/slots", "/mailbox", "/channel"],
    objects: { "/calls": "id" },
  },
  trucker: { lists: ["/today", "/delivery-orders", "/bookings", "/bookings/new", "/mailbox"], objects: { "/delivery-orders": "id" } },
  customs: {
    lists: ["/declarations", "/inspections", "/image-tasks", "/scans", "/bills", "/manifests", "/calls", "/containers", "/duty-notices", "/guarantees"],
    objects: { "/declarations": "id", "/inspections": "id", "/duty-notices": "id" },
  },
};

/** Answers to questions that a role page asks without knowing whether it may see the object. */
const ASIDE = [403, 404];

for (const [role, { lists, objects }] of Object.entries(ROLE_PAGES)) {
  test(`pages of the ${role}`, async (t) => {
    for (const [lang, device] of [["zh", DESKTOP], ["en", DESKTOP], ["zh", PHONE], ["en", PHONE]]) {
      await t.test(`${lang}, ${device.name}`, async () => {
        const page = await openPage(browser, port.base, { lang, device, allow: ASIDE });
        try {
          await loginAs(page, role);
          const paths = [...lists];
          for (const [list, key] of Object.entries(objects)) {
            const { items } = await read(page, `${list}?limit=1`);
            assert.ok(items.length > 0, `the demonstration shows the ${role} something under ${list}`);
            paths.push(`${list}/${encodeURIComponent(items[0][key])}`);
          }
          for (const path of paths) {
            await visit(page, path);
            await sound(page, `${role}${path.replace(/\W+/g, "-")}`);
          }
        } finally {
          await page.context().close();
        }
      });
    }
  });
}

test("filters stand in the address and survive a reload", async () => {
  const page = await openPage(browser, port.base);
  await loginAs(page, "terminal", "/containers");
  await page.getByRole("combobox", { name: "状态" }).click();
  await page.locator(".ant-select-item-option").filter({ hasText: "已提离" }).click();
  await page.waitForURL(/status=gone/);
  await page.reload();
  await settled(page);
  const states = await page.locator("tbody .tag[data-status]").evaluateAll((tags) => [...new Set(tags.map((tag) => tag.dataset.status))]);
  assert.ok(states.includes("gone"), "boxes that are gone");
  assert.ok(!states.includes("expected"), "and none that is expected");
  silent(page);
  await page.context().close();
});

test("a manifest form tells a wrong check digit while it is typed, and takes a pasted table", async () => {
  const page = await openPage(browser, port.base);
  await loginAs(page, "agent", "/manifests/new");
  const number = page.locator('[data-pointer="/bills/0/containers/0/number"]');
  await number.locator("input").fill("CSQU3054384");
  await number.getByText("校验位不符，末位应为 3").waitFor();
  await number.locator("input").fill("CSQU3054383");
  await number.getByText("校验位不符").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "从表格粘贴" }).click();
  const rows = [
    ["ZZZPASTE1", "SGSIN", "CNNGB", "Test Exporter", "Test Importer", "", "ZZZU0000010", "22G1", "S1", "10", "1000", "22", "3901100001", "POLYETHYLENE"],
    ["", "", "", "", "", "", "ZZZU0000025", "22G1", "S2", "12", "1200", "22", "3901100001", "POLYETHYLENE"],
    ["ZZZPASTE2", "SGSIN", "CNNGB", "Test Exporter", "Test Importer", "", "ZZZU0000030", "45G1", "S3", "5", "500", "22", "", "MACHINE PARTS"],
  ];
  await page.getByRole("textbox", { name: "从表格粘贴" }).fill(rows.map((row) => row.join("\t")).join("\n"));
  await page.getByRole("button", { name: "读入" }).click();
  await page.getByText("2 票提单，3 个集装箱").waitFor();
  assert.equal(await page.locator('[data-pointer="/bills/0/goods/0/packages"] input').inputValue(), "22", "goods of one bill are added up");
  silent(page);
  await page.context().close();
});

test("two people who edit one draft do not overwrite each other", async () => {
  const open = async () => {
    const page = await openPage(browser, port.base, { allow: [412] });
    await loginAs(page, "trader");
    return page;
  };
  const first = await open();
  const { bill } = await shipInPort(browser, port.base);
  await visit(first, `/bills/${bill}`);
  await first.getByRole("button", { name: "报关", exact: true }).click();
  await first.waitForURL(/\/declarations\/D/);
  const address = new URL(first.url()).pathname;
  const second = await open();
  await visit(second, address);
  const field = (page) => page.locator('[data-pointer="/contr_no"] input');
  await field(first).fill("FIRST-1");
  await first.locator(".saved-saved").filter({ hasText: ":" }).waitFor();
  await field(second).fill("SECOND-1");
  await second.locator(".saved-conflict").waitFor();
  assert.equal(await field(second).inputValue(), "SECOND-1", "what was typed is still there");
  await second.getByRole("button", { name: "用对方的" }).click();
  await second.waitForFunction(() => document.querySelector('[data-pointer="/contr_no"] input').value === "FIRST-1");
  await field(second).fill("SECOND-2");
  await second.locator(".saved-saved").filter({ hasText: ":" }).waitFor();
  await first.getByRole("button", { name: "删除草稿" }).click();
  await first.locator(".ant-popover:not(.ant-popover-hidden)").getByRole("button", { name: "确认" }).click();
  await first.waitForURL(/\/declarations$/);
  silent(first);
  silent(second);
});

test("a broker proposes an agreement beside the finding, and its client accepts it", async () => {
  const as = async (user) => {
    const page = await openPage(browser, port.base, { allow: [422] });
    await loginAs(page, "trader");
    await page.evaluate((name) => fetch("/api/v1/demo/login", { method: "POST", headers: { "content-type": "application/json", "x-fairway": "1" }, body: JSON.stringify({ user: name }) }), user);
    await visit(page, "/start");
    return page;
  };
  const ship = await shipInPort(browser, port.base);
  const client = await as(ship.trader);
  const { organisation } = await read(client, "/session");
  const broker = await as("trader-birch.wu");
  const draft = async () =>
    broker.evaluate(async (bill_no) => {
      const headers = { "content-type": "application/json", "x-fairway": "1", "idempotency-key": crypto.randomUUID() };
      return (await fetch("/api/v1/declarations", { method: "POST", headers, body: JSON.stringify({ bill_no }) })).json();
    }, ship.bill);
  const blank = await draft();
  assert.equal(blank.form.traf_name, "", "a bill number tells a broker without agreement nothing");
  await visit(broker, `/declarations/${blank.id}`);
  await broker.getByRole("button", { name: "检查全部" }).click();
  await broker.locator(".finding", { hasText: "declaration-agency-missing" }).first().waitFor();
  await broker.getByRole("button", { name: "提出委托", exact: true }).click();
  const dialog = broker.getByRole("dialog");
  await sound(broker, "agreement-propose");
  assert.equal(await dialog.getByRole("textbox", { name: "提单" }).inputValue(), ship.bill, "for this bill");
  await dialog.getByRole("combobox", { name: "对方单位" }).click();
  await broker.keyboard.type(organisation.name.zh);
  await broker.locator(".ant-select-item-option").filter({ hasText: organisation.name.zh }).first().click();
  await dialog.getByRole("button", { name: "提出委托" }).click();
  await dialog.waitFor({ state: "hidden" });

  await visit(client, "/worklist");
  await client.getByText("接受或拒绝代理委托").first().waitFor();
  await visit(client, "/agreements?status=proposed");
  await client.locator(".worklist-link").first().click();
  await client.waitForURL(/\/agreements\/A/);
  await sound(client, "agreement-proposed");
  await client.getByRole("button", { name: "接受", exact: true }).click();
  await client.locator(".ant-popover:not(.ant-popover-hidden)").getByRole("button", { name: "确认" }).click();
  await client.locator('.page-tags .tag[data-status="accepted"]').waitFor();
  await client.locator('[data-act="accepted"]').getByText("账本事件").waitFor();
  await sound(client, "agreement-accepted");
  const address = new URL(client.url()).pathname;

  const filled = await draft();
  assert.notEqual(filled.form.traf_name, "", "now the draft is filled from the bill");
  await visit(broker, `/declarations/${filled.id}`);
  await broker.getByRole("button", { name: "检查全部" }).click();
  await broker.locator(".finding").first().waitFor();
  assert.equal(await broker.locator(".finding", { hasText: "declaration-agency-missing" }).count(), 0);

  await visit(broker, address);
  await broker.getByRole("button", { name: "撤销委托" }).click();
  await broker.getByRole("textbox", { name: "原因" }).fill("客户自行申报");
  await broker.getByRole("dialog").getByRole("button", { name: "撤销委托" }).click();
  await broker.locator('.page-tags .tag[data-status="revoked"]').waitFor();
  for (const page of [client, broker]) {
    silent(page);
    await page.context().close();
  }
});
