// The loading order in a real browser: the agent orders it on the page of the call from its outbound bills, the terminal reports what it loads,
// and the agent explains what the ship left behind. Customs reads who is on board.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { loginAs, openPage, PHONE, read, settled, sound, startBrowser, startPort, visit } from "./harness.mjs";
import { containerNumber, imoNumber, send } from "./setting.mjs";

let port;
let browser;

before(async () => {
  [port, browser] = await Promise.all([startPort({ seed: 6, containers: 60 }), startBrowser()]);
});
after(async () => {
  await browser?.close();
  await port?.stop();
});

const told = async (page, path, body) => (await send(page, path, body)).body;

const run = Date.now() % 900_000;
const boxes = [0, 1, 2].map((n) => containerNumber(810_000 + ((run + n * 7) % 80_000)));

function outbound(number) {
  return {
    number,
    shipper: { name: "Test Exporter Pte" },
    consignee: { name: "TEST CONSIGNEE" },
    loading_port: "CNNGB",
    discharge_port: "KRPUS",
    containers: boxes.map((box) => ({ number: box, size_type: "22G1", seal: null, gross_kg: "9000", packages: 10 })),
    goods: [{ description: "POLYETHYLENE IN BAGS", hs_code: "3901100001", packages: 30, package_kind: "22", gross_kg: "27000" }],
  };
}

test("the agent orders the loading, the terminal reports it, and the difference is explained", { concurrency: false }, async (t) => {
  const agent = await openPage(browser, port.base, { lang: "zh" });
  const terminal = await openPage(browser, port.base, { lang: "en" });
  await loginAs(agent, "agent", "/calls");
  await loginAs(terminal, "terminal", "/loading-orders");
  const terminals = await read(terminal, "/session");
  const ship = { name: `TEST LOAD ${run}`, imo: imoNumber(run), out: `L${String(run).slice(-4)}W` };
  const call = await told(agent, "/calls", {
    ship_name: ship.name,
    imo: ship.imo,
    voyage_in: `L${String(run).slice(-4)}E`,
    voyage_out: ship.out,
    terminal: terminals.organisation.id,
    eta: new Date(Date.now() + 3_600_000).toISOString(),
  });
  await told(agent, "/outbound-bills", { call: call.id, bills: [outbound(`ZZZLOD${run}`)] });

  await t.test("differences are told before it is sent", async () => {
    await visit(agent, `/calls/${call.id}`);
    await agent.getByText("尚未下达装船指令。").waitFor();
    await agent.getByRole("button", { name: "下达装船指令" }).click();
    const dialog = agent.getByRole("dialog");
    await dialog.getByText("将下达 3 箱（预配舱单 3 箱）。").waitFor();
    await dialog.getByText("与预配舱单、中转放行和配载图一致").waitFor();
    const except = dialog.getByLabel("不装的箱");
    await except.fill(boxes[0]);
    await except.blur();
    await dialog.getByText("将下达 2 箱（预配舱单 3 箱）。").waitFor();
    await dialog.getByText(`集装箱 ${boxes[0]} 在预配舱单或已放行的中转中，但未列入装船指令。`).waitFor();
    await sound(agent, "loading-dialog");
    await dialog.getByRole("button", { name: "下达装船指令" }).click();
    await agent.waitForURL(/\/loading-orders\//);
    await settled(agent);
    await agent.locator('.tag[data-status="ordered"]').first().waitFor();
    await agent.getByText(boxes[1]).first().waitFor();
    await sound(agent, "loading-order");
  });

  await t.test("the terminal sees it, by message too, and reports what it loads", async () => {
    await visit(terminal, "/loading-orders");
    await terminal.getByText(`${call.id}-1`).first().waitFor();
    await sound(terminal, "loading-orders");
    const message = await read(terminal, `/messages?direction=out&type=COPRAR&q=${call.id}-1`);
    assert.equal(message.items.length, 1);
    await told(agent, `/calls/${call.id}/arrival`, { at: new Date().toISOString() });
    await visit(terminal, `/loading-orders/${call.id}`);
    await terminal.getByText(boxes[2]).first().waitFor();
    assert.equal(await terminal.getByRole("button", { name: "Replace the order" }).count(), 0, "it is the agent's to replace");
    await terminal.getByRole("button", { name: "Report boxes loaded" }).click();
    const dialog = terminal.getByRole("dialog");
    await dialog.getByLabel("Boxes loaded").fill(`${boxes[0]} ${boxes[1]}`);
    await sound(terminal, "loading-report");
    await dialog.getByRole("button", { name: "Report boxes loaded" }).click();
    // One of them is not on the order: it is recorded, and said so.
    await terminal.getByText(`${boxes[0]} is not on the loading order; its loading is recorded.`).waitFor();
    await terminal.getByRole("button", { name: "Close" }).last().click();
    await terminal.locator('.tag[data-status="loaded"]').first().waitFor();
    await terminal.locator('.tag[data-status="unlisted"]').first().waitFor();
    await sound(terminal, "loading-terminal");
    const csv = await terminal.evaluate(async (id) => (await fetch(`/api/v1/loading-orders/${id}/boxes.csv`)).text(), call.id);
    assert.ok(csv.includes("loaded_at") && csv.split("\r\n").length === 5, csv);
  });

  await t.test("what is missing is explained when the ship has left", async () => {
    await told(terminal, `/calls/${call.id}/departure`, { at: new Date().toISOString() });
    await visit(agent, `/loading-orders/${call.id}`);
    await agent.locator('.tag[data-status="differs"]').first().waitFor();
    await agent.locator('.tag[data-status="missing"]').first().waitFor();
    await sound(agent, "loading-differs");
    await agent.getByRole("button", { name: "说明差异" }).click();
    const dialog = agent.getByRole("dialog");
    await dialog.getByLabel("说明").fill("甩箱，改下一航次");
    await dialog.getByRole("button", { name: "说明差异" }).click();
    await agent.locator('.tag[data-status="explained"]').first().waitFor();
    await agent.getByText("甩箱，改下一航次").waitFor();
  });

  await t.test("customs reads who is on board, and nobody else is offered it", async () => {
    const list = [
      "UNH+1+PAXLST:D:05B:UN'",
      `BGM+250+CREW-${run}+9'`,
      "DTM+137:202611260800:203'",
      "NAD+MS+++SYNTHETIC AGENCY'",
      `TDT+20+${ship.out.replace("W", "E")}+1+++++${ship.imo}:146:11:${ship.name}'`,
      "NAD+FM+++LIN:XIAOHAI'",
      "DTM+329:19900412:102'",
      "NAT+2+CHN'",
      "DOC+39:110:111+K77553311'",
    ];
    const agents = await read(agent, "/session");
    const text = `UNB+UNOA:3+${agents.organisation.edi_id ?? "AGENT"}+FAIRWAY+261126:0800+P${run}'${list.join("")}UNT+10+1'UNZ+1+P${run}'`;
    const status = await agent.evaluate(async (body) => {
      const headers = { "content-type": "application/octet-stream", "x-fairway": "1" };
      return (await fetch("/api/v1/messages", { method: "POST", headers, body })).status;
    }, text);
    assert.equal(status, 202);
    const customs = await openPage(browser, port.base, { lang: "zh", device: PHONE });
    await loginAs(customs, "customs", `/calls/${call.id}`);
    await customs.getByRole("button", { name: "查看名单" }).click();
    await customs.getByText("LIN XIAOHAI").waitFor();
    await customs.getByText("本次查看已记入访问日志。").waitFor();
    await sound(customs, "persons-phone");
    await customs.context().close();
    await visit(agent, `/calls/${call.id}`);
    await agent.getByText("装船指令").first().waitFor();
    assert.equal(await agent.getByRole("button", { name: "查看名单" }).count(), 0);
  });

  await t.test("it fits a phone", async () => {
    const phone = await openPage(browser, port.base, { lang: "zh", device: PHONE });
    await loginAs(phone, "terminal", `/loading-orders/${call.id}`);
    await phone.getByText(boxes[2]).first().waitFor();
    await sound(phone, "loading-phone");
    await visit(phone, `/calls/${call.id}`);
    await phone.getByText(`${call.id}-1`).first().waitFor();
    await sound(phone, "loading-call-phone");
    await phone.context().close();
  });

  for (const page of [agent, terminal]) await page.context().close();
});
