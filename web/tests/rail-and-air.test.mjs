// Rail and air in a real browser: the agent plans a train and lists its waybill, the yard fills in the entry tally sheet, customs reviews the
// papers without paper and releases; an air manifest comes by message, and a faulty one is told at its line.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { loginAs, openPage, PHONE, read, settled, sound, startBrowser, startPort, visit } from "./harness.mjs";
import { containerNumber, send } from "./setting.mjs";

let port;
let browser;

before(async () => {
  [port, browser] = await Promise.all([startPort({ seed: 7, containers: 20 }), startBrowser()]);
});
after(async () => {
  await browser?.close();
  await port?.stop();
});

const run = Date.now() % 900_000;
const number = `X${String(run).padStart(6, "0")}`;
const bill = `ZZRW${run}`;
const [first, second] = [containerNumber(100_000 + (run % 700_000)), containerNumber(100_011 + (run % 700_000))];
/** Seven digits and what is left of them by seven. */
const awb = (serial) => {
  const seven = String(serial % 10_000_000).padStart(7, "0");
  return `999-${seven}${Number(seven) % 7}`;
};

test("a train goes from its plan to its release without paper", { concurrency: false }, async (t) => {
  const agent = await openPage(browser, port.base, { lang: "zh", allow: [422] });
  await loginAs(agent, "agent", "/conveyances");
  let id = "";

  await t.test("the agent plans it and lists its waybill, faults told at their fields", async () => {
    await agent.getByRole("button", { name: "新建计划" }).click();
    const plan = agent.getByRole("dialog");
    await plan.getByLabel("车次 / 航班号").fill(number);
    await plan.getByLabel("始发").fill("霍尔果斯");
    await plan.getByLabel("终到").fill("连云港");
    await plan.getByLabel("口岸站").fill("霍尔果斯");
    await plan.getByRole("combobox", { name: "场站" }).click();
    await agent.locator(".ant-select-item-option").first().waitFor();
    const east = (await read(agent, "/organisations?role=terminal")).items.find((org) => org.id === "terminal-east");
    await agent.locator(".ant-select-item-option").filter({ hasText: east.name.zh }).first().click();
    await sound(agent, "train-plan");
    await plan.getByRole("button", { name: "保存" }).click();
    await agent.waitForURL(/\/conveyances\/T-/);
    await settled(agent);
    id = decodeURIComponent(new URL(agent.url()).pathname.split("/").pop());
    await agent.getByRole("button", { name: "添加运单" }).click();
    const form = agent.getByRole("dialog");
    await form.getByLabel("运单号").fill(bill);
    await form.getByRole("button", { name: "列入舱单" }).click();
    await form.getByText("该项必填。").first().waitFor();
    await form.getByLabel("品名").fill("塑料颗粒");
    await form.getByLabel("发货人").fill("SYNTHETIC SHIPPER");
    await form.getByLabel("收货人", { exact: true }).fill("示例收货人");
    await form.getByLabel("件数").fill("40");
    await form.getByLabel("毛重（千克）").fill("20000");
    await form.getByLabel("车皮、箱或集装器").fill(`5243547, ${first}, 45G1, M/1001, 20, 10000\n5243548，${second}，45G1，M/1002，20，10000`);
    await sound(agent, "waybill-form");
    await form.getByRole("button", { name: "列入舱单" }).click();
    await agent.getByRole("link", { name: bill }).first().waitFor();
    await agent.locator('[data-paper="import-tally"] .tag[data-status="missing"]').waitFor();
    await sound(agent, "train-manifested");
  });

  const yard = await openPage(browser, port.base, { lang: "en" });
  await loginAs(yard, "terminal");
  const own = await read(yard, "/session");
  assert.equal(own.organisation.id, "terminal-east");

  await t.test("the yard fills in the entry tally sheet, and a difference is shown", async () => {
    await visit(yard, `/conveyances/${id}`);
    await yard.getByRole("button", { name: "Report the entry tally" }).click();
    const dialog = yard.getByRole("dialog");
    await dialog.getByLabel(`${first} checked`).check();
    await dialog.getByLabel(`${second} checked`).check();
    await dialog.getByLabel(`Seal ${second}`).fill("M/9999");
    await dialog.getByText("2 lines chosen").waitFor();
    await sound(yard, "tally-form");
    await dialog.getByRole("button", { name: "Report", exact: true }).click();
    await yard.getByText("Differences from the waybills").waitFor();
    await yard.locator('.tag[data-status="seal"]').waitFor();
    await yard.locator('[data-paper="import-tally"] .tag[data-status="differs"]').waitFor();
    await sound(yard, "train-tallied");
    const sheet = await yard.evaluate(async (id) => {
      const answer = await fetch(`/api/v1/conveyances/${id}/tally-sheet.pdf?lang=zh`);
      return [answer.status, (await answer.text()).slice(0, 5)];
    }, id);
    assert.deepEqual(sheet, [200, "%PDF-"]);
  });

  await t.test("customs sends the papers back, accepts them with a remark, and releases the waybill to the yard", async () => {
    await visit(agent, `/conveyances/${id}`);
    await agent.getByRole("button", { name: "提交海关审核" }).click();
    await agent.getByRole("dialog").getByRole("button", { name: "提交海关审核" }).click();
    await agent.locator('.tag[data-status="in-review"]').first().waitFor();
    const customs = await openPage(browser, port.base, { lang: "zh" });
    await loginAs(customs, "customs", `/conveyances/${id}`);
    await customs.getByRole("button", { name: "退回", exact: true }).click();
    let dialog = customs.getByRole("dialog");
    await dialog.getByLabel("原因").fill("封志不符，请核对");
    await dialog.getByRole("button", { name: "退回" }).click();
    await customs.locator('.tag[data-status="returned"]').first().waitFor();
    await visit(agent, `/conveyances/${id}`);
    await agent.getByText("封志不符，请核对").first().waitFor();
    await agent.getByRole("button", { name: "提交海关审核" }).click();
    await agent.getByRole("dialog").getByRole("button", { name: "提交海关审核" }).click();
    await agent.locator('.tag[data-status="in-review"]').first().waitFor();
    await visit(customs, `/conveyances/${id}`);
    await customs.getByRole("button", { name: "审核通过" }).click();
    dialog = customs.getByRole("dialog");
    assert.equal(await dialog.getByRole("button", { name: "审核通过" }).isDisabled(), true, "what differs needs a word");
    await dialog.getByLabel("处理意见（有差异时必填）").fill("封志已现场核对");
    await dialog.getByRole("button", { name: "审核通过" }).click();
    await customs.locator('.tag[data-status="accepted"]').first().waitFor();
    await sound(customs, "train-accepted");
    await visit(customs, `/waybills/${bill}`);
    await customs.getByRole("button", { name: "放行", exact: true }).click();
    await customs.getByRole("dialog").getByRole("button", { name: "放行" }).click();
    await customs.locator('.tag[data-status="released"]').first().waitFor();
    await sound(customs, "waybill-released");
    const told = await read(yard, `/messages?direction=out&type=WLJK_TREL&q=${bill}`);
    assert.equal(told.items.length, 1);
    await visit(yard, `/messages/${told.items[0].id}`);
    await yard.getByText("REL_MODE").first().waitFor();
    await sound(yard, "trel");
  });
});

test("an air manifest comes by message, and a faulty one is told at its line", { concurrency: false }, async () => {
  const agent = await openPage(browser, port.base, { lang: "en" });
  await loginAs(agent, "agent", "/conveyances");
  const airport = "NGB";
  const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
  const local = new Date(Date.now() + 8 * 3_600_000);
  const date = `${String(local.getUTCDate()).padStart(2, "0")}${months[local.getUTCMonth()]}`;
  const flight = `ZZ${String(1000 + (run % 9000))}`;
  const [good, bad] = [awb(run), `${awb(run).slice(0, -1)}${(Number(awb(run).slice(-1)) + 1) % 7}`];
  const ffm = (number) => `FFM/8\r\n1/${flight}/${date}/PEK\r\n${airport}\r\n${number}PEK${airport}/T10K250/LAMPS\r\nLAST\r\n`;
  const post = (text) =>
    agent.evaluate(async (text) => {
      const answer = await fetch("/api/v1/messages", { method: "POST", headers: { "content-type": "application/octet-stream", "x-fairway": "1" }, body: text });
      return (await answer.json()).id;
    }, text);
  const wrong = await post(ffm(bad));
  await visit(agent, `/messages/${wrong}`);
  await agent.locator('.tag[data-status="rejected"]').first().waitFor();
  await agent.getByText("waybill-awb-check").first().waitFor();
  await agent.getByText(`${bad}PEK${airport}/T10K250/LAMPS`).first().waitFor();
  await sound(agent, "ffm-faulty");
  const right = await post(ffm(good));
  await visit(agent, `/messages/${right}`);
  await agent.locator('.tag[data-status^="processed"]').first().waitFor();
  await visit(agent, `/waybills/${good}`);
  await agent.getByText("LAMPS").first().waitFor();
  await agent.getByRole("link", { name: new RegExp(`F-${flight}`) }).first().click();
  await settled(agent);
  await agent.getByRole("link", { name: good }).first().waitFor();
  await visit(agent, "/waybills?q=" + good.slice(0, 7));
  await agent.getByText(good).first().waitFor();
  await agent.getByRole("link", { name: good }).first().click();
  await settled(agent);
  await agent.getByRole("link", { name: new RegExp(`F-${flight}`) }).first().click();
  await settled(agent);
  await agent.setViewportSize(PHONE.viewport);
  await sound(agent, "flight-phone");
  await visit(agent, "/conveyances?mode=air");
  await agent.getByText(flight).first().waitFor();
  await sound(agent, "conveyances-phone");
  await visit(agent, "/waybills");
  await agent.getByText(good).first().waitFor();
  await sound(agent, "waybills-phone");
  await send(agent, `/conveyances/${encodeURIComponent(`F-${flight}-${local.toISOString().slice(0, 10).replaceAll("-", "")}-I`)}/arrival`, { at: new Date().toISOString() });
});
