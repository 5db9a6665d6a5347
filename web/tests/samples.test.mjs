// Sampling through the pages: ordered and taken at the site, handed over, tested blind by the laboratory, released by another; and a report of an
// accepted body that the trader sends in instead. In Chinese and English, and on a phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESKTOP, loginAs, openPage, PHONE, picture, read, silent, sound, startBrowser, startPort, visit } from "./harness.mjs";
import { drawnInspection, send } from "./setting.mjs";

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

/** Pages may be asked for what another has changed meanwhile. */
const ASIDE = [403, 404, 409, 422];

/** A page of a person. */
async function person(role, user, options = {}) {
  const page = await openPage(browser, port.base, { allow: ASIDE, ...options });
  await loginAs(page, role);
  await send(page, "/demo/login", { user });
  await page.reload();
  return page;
}

const officer = (name, options) => person("customs", `customs-demo.${name}`, options);
const dialog = (page) => page.getByRole("dialog");

/** Presses a button that opens a dialog, fills it, and presses the dialog's own button of the same name. */
async function through(page, name, fill) {
  await page.getByRole("button", { name, exact: true }).first().click();
  await dialog(page).waitFor();
  await fill?.(dialog(page));
  await dialog(page).getByRole("button", { name, exact: true }).click();
  await dialog(page).waitFor({ state: "hidden" });
}

/** An inspection at the site that is to be sampled: who was drawn, and an officer who was not. */
async function atSite() {
  const { inspection, box, trader, declaration } = await drawnInspection(browser, port.base);
  const terminal = await person("terminal", "terminal-east.xu");
  await send(terminal, `/inspections/${inspection}/arrival`, { container: box, at: new Date().toISOString() });
  await terminal.context().close();
  const orders = await officer("an");
  const drawn = (await read(orders, `/inspections/${inspection}`)).officers.map((one) => one.id.split(".")[1]);
  await orders.context().close();
  const other = ["an", "cao", "ding", "geng", "bai", "fang"].find((name) => !drawn.includes(name));
  return { inspection, box, trader, declaration, drawn, other };
}

async function ordered(page, inspection) {
  await visit(page, `/inspections/${inspection}`);
  await through(page, "下达取样", async (form) => {
    await form.getByRole("checkbox", { name: "成分鉴定" }).check();
    await form.getByRole("checkbox", { name: "取样直通车" }).check();
    await form.getByRole("textbox", { name: "原因" }).fill("法检商品");
    await sound(page, "sampling-order");
  });
  await page.locator('[data-standing="wanted"]').waitFor();
}

test("a sample is taken at the site, tested blind, and its report released by another", async () => {
  const { inspection, box, trader, drawn, other } = await atSite();
  const orders = await officer(other);
  await ordered(orders, inspection);
  await sound(orders, "sampling-inspection");
  await orders.context().close();

  const taker = await officer(drawn[0]);
  await visit(taker, `/inspections/${inspection}`);
  const seal = `YP${Date.now() % 100_000}`;
  await through(taker, "取样", async (form) => {
    for (const [name, value] of [["检样数量", "1.5"], ["封识号", seal], ["留样数量", "1"], ["留样封识号", `${seal}B`]]) await form.getByRole("textbox", { name, exact: true }).fill(value);
    await sound(taker, "sample-take");
  });
  const link = taker.locator('[data-standing="awaiting"] a[href^="/samples/"]').first();
  const path = await link.getAttribute("href");
  await link.click();
  await taker.getByRole("heading", { name: "交接链" }).waitFor();
  await through(taker, "登记交接", async (form) => {
    await form.getByRole("textbox", { name: "接样人" }).fill("示范快运");
    await form.getByRole("textbox", { name: "所见封识号" }).fill(seal);
  });
  await taker.locator('.tag[data-status="sent"]').first().waitFor();
  const label = await taker.evaluate(async (path) => (await fetch(`/api/v1${path}/label.pdf`)).headers.get("content-type"), path);
  assert.equal(label, "application/pdf");
  await sound(taker, "sample-officer");
  await taker.context().close();

  // The laboratory: its own menu, its queue, a sample that tells nobody's name; on a phone, too.
  const lan = await person("customs", "lab-demo.lan", { device: PHONE });
  await visit(lan, "/laboratory-queue?laboratory=LAB-01");
  await lan.locator(`a[href="${path}"]`).first().waitFor();
  await sound(lan, "laboratory-queue");
  await visit(lan, path);
  await lan.getByText("盲样：不显示").waitFor();
  const shown = await lan.locator("main").innerText();
  assert.ok(!shown.includes(box) && !shown.includes(inspection), "nothing tells whose it is");
  // Under another seal: the fault is found, and somebody else decides.
  await through(lan, "登记交接", async (form) => form.getByRole("textbox", { name: "所见封识号" }).fill(`${seal}X`));
  await lan.locator('[data-odd="true"]').waitFor();
  await sound(lan, "sample-fault");
  const decides = await officer(other, { lang: "en" });
  await visit(decides, path);
  await through(decides, "Decide on the chain", async (form) => form.getByRole("textbox", { name: "Reason" }).fill("a slip of the pen"));
  await decides.locator('[data-odd="true"]').waitFor();
  await sound(decides, "sample-decided");
  await decides.context().close();
  await visit(lan, path);
  await lan.getByRole("button", { name: "开始检验" }).click();
  await lan.locator('.tag[data-status="testing"]').first().waitFor();
  await through(lan, "录入检验报告", async (form) => {
    for (const [name, value] of [["方法或标准", "GB/T 1"], ["限量", "与标识相符"], ["结果", "相符"]]) await form.getByRole("textbox", { name: `成分鉴定 ${name}` }).fill(value);
    await sound(lan, "sample-report");
  });
  assert.equal(await lan.getByRole("button", { name: "签发报告" }).count(), 0, "somebody else releases it");
  await lan.context().close();
  const mi = await person("customs", "lab-demo.mi");
  await visit(mi, path);
  await through(mi, "签发报告");
  await mi.locator('.tag[data-status="released"]').first().waitFor();
  await sound(mi, "sample-released");
  await mi.context().close();

  const owner = await person("trader", trader, { lang: "en" });
  await visit(owner, path);
  await owner.getByText("Pass", { exact: true }).first().waitFor();
  assert.equal(await owner.getByRole("heading", { name: "Chain of custody" }).count(), 0, "the chain is not the trader's");
  await sound(owner, "sample-trader");
  await visit(owner, "/samples");
  await owner.locator(`a[href="${path}"]`).first().waitFor();
  await sound(owner, "samples-trader");
  await owner.context().close();

  for (const [lang, device] of [["zh", DESKTOP], ["en", PHONE]]) {
    const page = await officer(other, { lang, device });
    await visit(page, `/inspections/${inspection}`);
    await page.locator('[data-standing="met"]').waitFor();
    for (const [at, name] of [["/samples", "samples"], [path, "sample"], ["/insight/sample-times", "sample-times"]]) {
      await visit(page, at);
      await sound(page, name);
    }
    await visit(page, "/insight/sample-times");
    await page.locator('tbody a[href^="/samples?laboratory="]').first().click();
    await page.locator('a[href^="/samples/"]').first().waitFor();
    silent(page);
    await page.context().close();
  }
});

const PDF = { name: "report.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n") };

test("a body is entered and confirmed by two officers, and its report answers in place of a sample", async () => {
  const { inspection, trader, other } = await atSite();
  const enters = await officer(other);
  await visit(enters, "/testing-bodies");
  await sound(enters, "testing-bodies");
  const number = `TEST-${Date.now() % 1_000_000}`;
  await through(enters, "登记机构", async (form) => {
    for (const [name, value] of [["中文名称", "测试塑料检测"], ["英文名称", "Test Plastics Testing"], ["统一社会信用代码或认可编号", number], ["商品编号前缀", "39"], ["依据文件", "测试公告"]]) await form.getByRole("textbox", { name }).fill(value);
    await form.getByRole("checkbox", { name: "成分鉴定" }).check();
    await sound(enters, "testing-body-enter");
  });
  await enters.getByText("测试公告").waitFor();
  const body = new URL(enters.url()).pathname;
  assert.equal(await enters.getByRole("button", { name: "复核生效" }).count(), 0, "another officer confirms it");
  await ordered(enters, inspection);
  const confirms = await officer(["an", "cao"].find((name) => name !== other), { device: PHONE });
  await visit(confirms, body);
  await confirms.getByRole("button", { name: "复核生效" }).click();
  await confirms.locator('.tag[data-status="in-force"]').first().waitFor();
  await sound(confirms, "testing-body");

  const owner = await person("trader", trader);
  await visit(owner, "/testing-bodies");
  await owner.getByText(number).waitFor();
  await visit(owner, `/inspections/${inspection}`);
  await owner.getByRole("button", { name: "提交第三方报告" }).click();
  const form = dialog(owner);
  await form.locator('input[type="file"]').setInputFiles(PDF);
  await form.getByText("报告文件已上传").waitFor();
  await form.getByRole("combobox", { name: "检验机构" }).click();
  await owner.locator(".ant-select-item-option", { hasText: number }).click();
  await form.getByRole("textbox", { name: "报告编号" }).fill(`R-${number}`);
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  await form.getByLabel("取样日期").fill(today);
  for (const [name, value] of [["方法或标准", "GB/T 1"], ["限量", "与标识相符"], ["结果", "相符"]]) await form.getByRole("textbox", { name: `成分鉴定 ${name}` }).fill(value);
  await sound(owner, "third-party-send");
  await form.getByRole("button", { name: "提交第三方报告", exact: true }).click();
  await owner.waitForURL((url) => url.pathname.startsWith("/third-party-reports/"));
  const report = new URL(owner.url()).pathname;
  await owner.locator('.tag[data-status="submitted"]').first().waitFor();

  await visit(confirms, report);
  await picture(confirms, "third-party-verify");
  await through(confirms, "采信", async (fields) => fields.getByRole("textbox", { name: "如何核验" }).fill("在机构网站查询一致"));
  await confirms.locator('.tag[data-status="accepted"]').first().waitFor();
  await confirms.getByText("在机构网站查询一致").waitFor();
  await sound(confirms, "third-party");
  await visit(confirms, "/third-party-reports");
  await sound(confirms, "third-party-list");
  await visit(owner, report);
  await owner.locator('.tag[data-status="accepted"]').first().waitFor();
  assert.equal(await owner.getByText("在机构网站查询一致").count(), 0, "how it was verified is for officers");
  await sound(owner, "third-party-trader");
  await visit(enters, `/inspections/${inspection}`);
  await enters.locator('[data-standing="met"]').waitFor();
  for (const page of [owner, confirms, enters]) {
    silent(page);
    await page.context().close();
  }
});
