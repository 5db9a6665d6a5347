// The discharge order in a real browser: the agent orders it on the page of the call and is told the differences first, the terminal sees
// it, discharges and looks for what is missing, and the agent explains it when the ship has left.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { loginAs, openPage, PHONE, read, settled, sound, startBrowser, startPort, visit } from "./harness.mjs";
import { containerNumber, imoNumber, send } from "./setting.mjs";

let port;
let browser;

before(async () => {
  [port, browser] = await Promise.all([startPort({ seed: 5, containers: 60 }), startBrowser()]);
});
after(async () => {
  await browser?.close();
  await port?.stop();
});

/** Asks the API as whoever is logged in on the page, and gives what it answers. */
const told = async (page, path, body) => (await send(page, path, body)).body;

const run = Date.now() % 900_000;
const boxes = [0, 1, 2].map((n) => containerNumber(910_000 + ((run + n * 7) % 80_000)));

function bill(number) {
  return {
    number,
    shipper: { name: "Test Exporter Pte" },
    consignee: { name: "TEST CONSIGNEE" },
    loading_port: "SGSIN",
    discharge_port: "CNNGB",
    containers: boxes.map((box) => ({ number: box, size_type: "22G1", seal: null, gross_kg: "9000", packages: 10 })),
    goods: [{ description: "POLYETHYLENE IN BAGS", hs_code: "3901100001", packages: 30, package_kind: "22", gross_kg: "27000" }],
  };
}

test("the agent orders the discharge, the terminal works by it, and the difference is explained", { concurrency: false }, async (t) => {
  const agent = await openPage(browser, port.base, { lang: "zh" });
  const terminal = await openPage(browser, port.base, { lang: "en" });
  await loginAs(agent, "agent", "/calls");
  await loginAs(terminal, "terminal", "/discharge-orders");
  const terminals = await read(terminal, "/session");
  const call = await told(agent, "/calls", {
    ship_name: `TEST ORDER ${run}`,
    imo: imoNumber(run),
    voyage_in: `D${String(run).slice(-4)}E`,
    terminal: terminals.organisation.id,
    eta: new Date(Date.now() + 3_600_000).toISOString(),
  });
  await told(agent, "/manifests", { call: call.id, function: "original", bills: [bill(`ZZZORD${run}`)] });

  await t.test("differences are told before it is sent", async () => {
    await visit(agent, `/calls/${call.id}`);
    await agent.getByText("尚未下达卸船指令。").waitFor();
    await agent.getByRole("button", { name: "下达卸船指令" }).click();
    const dialog = agent.getByRole("dialog");
    await dialog.getByText("将下达 3 箱（舱单 3 箱）。").waitFor();
    await dialog.getByText("与舱单、配载图一致").waitFor();
    const except = dialog.getByLabel("不卸的箱");
    await except.fill(boxes[0]);
    await except.blur();
    await dialog.getByText("将下达 2 箱（舱单 3 箱）。").waitFor();
    await dialog.getByText(`集装箱 ${boxes[0]} 在舱单中，但未列入卸船指令。`).waitFor();
    await sound(agent, "discharge-dialog");
    await dialog.getByRole("button", { name: "下达卸船指令" }).click();
    await agent.waitForURL(/\/discharge-orders\//);
    await settled(agent);
    await agent.locator('.tag[data-status="ordered"]').first().waitFor();
    await agent.getByText(boxes[1]).first().waitFor();
    await sound(agent, "discharge-order");
  });

  await t.test("the terminal sees it, by message too, and finds a box", async () => {
    await visit(terminal, "/discharge-orders");
    await terminal.getByText(`${call.id}-1`).first().waitFor();
    await sound(terminal, "discharge-orders");
    await visit(terminal, `/discharge-orders/${call.id}`);
    await terminal.getByText(boxes[2]).first().waitFor();
    await terminal.getByLabel("Container or bill").fill(boxes[2]);
    await terminal.getByText(boxes[1]).first().waitFor({ state: "detached" });
    const told = await read(terminal, `/messages?direction=out&type=COPRAR&q=${call.id}-1`);
    assert.equal(told.items.length, 1);
    assert.equal(await terminal.getByRole("button", { name: "Replace the order" }).count(), 0, "it is the agent's to replace");
    const csv = await terminal.evaluate(async (id) => (await fetch(`/api/v1/discharge-orders/${id}/boxes.csv`)).text(), call.id);
    assert.ok(csv.includes(boxes[1]) && csv.split("\r\n").length === 4, csv);
  });

  await t.test("what is not listed is told, what is missing is explained when the ship has left", async () => {
    await told(agent, `/calls/${call.id}/arrival`, { at: new Date().toISOString() });
    const at = new Date().toISOString();
    const report = (container) => ({ container, call: call.id, at, position: "A1" });
    const done = await told(terminal, "/containers/discharge", { reports: [report(boxes[0]), report(boxes[1])] });
    assert.deepEqual([done.accepted, done.findings.map((finding) => finding.code)], [2, ["discharge-unlisted"]]);
    await told(terminal, `/calls/${call.id}/departure`, { at: new Date().toISOString() });
    await visit(agent, `/discharge-orders/${call.id}`);
    await agent.locator('.tag[data-status="differs"]').first().waitFor();
    await agent.locator('.tag[data-status="missing"]').first().waitFor();
    await agent.locator('.tag[data-status="unlisted"]').first().waitFor();
    await sound(agent, "discharge-differs");
    await agent.getByRole("button", { name: "说明差异" }).click();
    const dialog = agent.getByRole("dialog");
    await dialog.getByLabel("说明").fill("装港未装船");
    await dialog.getByRole("button", { name: "说明差异" }).click();
    await agent.locator('.tag[data-status="explained"]').first().waitFor();
    await agent.getByText("装港未装船").waitFor();
  });

  await t.test("it fits a phone", async () => {
    const phone = await openPage(browser, port.base, { lang: "zh", device: PHONE });
    await loginAs(phone, "terminal", `/discharge-orders/${call.id}`);
    await phone.getByText(boxes[2]).first().waitFor();
    await sound(phone, "discharge-phone");
    await visit(phone, `/calls/${call.id}`);
    await phone.getByText(`${call.id}-1`).first().waitFor();
    await sound(phone, "discharge-call-phone");
    await phone.context().close();
  });

  for (const page of [agent, terminal]) await page.context().close();
});
