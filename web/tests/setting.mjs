// What a test needs to be there and must not wait for: a demonstration's work of the hour depends on the hour.
import assert from "node:assert/strict";
import { loginAs, openPage, read } from "./harness.mjs";

/** A container number with its check digit, of an owner that nobody is. */
export function containerNumber(serial) {
  const stem = `ZZZU${String(serial).padStart(6, "0")}`;
  const values = {};
  let value = 10;
  for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
    if (value % 11 === 0) value += 1;
    values[letter] = value;
    value += 1;
  }
  const sum = [...stem].reduce((total, character, place) => total + (values[character] ?? Number(character)) * 2 ** place, 0);
  return `${stem}${(sum % 11) % 10}`;
}

/** An IMO number with its check digit. */
export function imoNumber(serial) {
  const stem = String(serial).padStart(6, "0");
  const sum = [...stem].reduce((total, digit, place) => total + Number(digit) * (7 - place), 0);
  return `${stem}${sum % 10}`;
}

/** Writes through the API with the page's own session; for what is only the setting of a test. */
export async function send(page, path, body, { method = "POST", ifMatch } = {}) {
  const answer = await page.evaluate(
    async ([path, body, method, ifMatch]) => {
      const headers = { "content-type": "application/json", "x-fairway": "1", ...(ifMatch ? { "if-match": ifMatch } : {}) };
      const response = await fetch(`/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
      return { status: response.status, etag: response.headers.get("etag"), body: await response.json() };
    },
    [path, body, method, ifMatch],
  );
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}

/**
 * A ship that is in port at *Demo East* with a bill of so many boxes, on board still. Answers with its call, the names by which messages know
 * it, its bill and boxes, and the logins of its terminal and of the consignee.
 */
export async function shipInPort(browser, base, { boxes = 2 } = {}) {
  const run = Math.floor(Math.random() * 1_000_000);
  const agent = await openPage(browser, base);
  try {
    await loginAs(agent, "agent");
    const logins = (await read(agent, "/demo/logins")).items;
    const [trader, again] = ["trader", "agent"].map((role) => logins.find((login) => login.role === role).user);
    await send(agent, "/demo/login", { user: trader });
    const { organisation } = await read(agent, "/session");
    await send(agent, "/demo/login", { user: again });
    const terminal = { id: "terminal-east", user: logins.find((login) => login.user.startsWith("terminal-east.")).user };
    const ship = { name: `TEST SETTING ${run}`, imo: imoNumber(run), voyage: `T${String(run).padStart(6, "0")}` };
    const announced = { ship_name: ship.name, imo: ship.imo, flag: "PAN", voyage_in: `${ship.voyage}E`, voyage_out: `${ship.voyage}W`, terminal: terminal.id, eta: new Date().toISOString() };
    const call = (await send(agent, "/calls", announced)).body.id;
    const bill = `ZZZSET${run}`;
    const containers = Array.from({ length: boxes }, (_, at) => ({ number: containerNumber((run + at * 7) % 900_000), size_type: "22G1", seal: null, gross_kg: "12500", packages: 500 }));
    const goods = [{ description: "POLYETHYLENE IN BAGS", hs_code: "3901100001", packages: 500 * boxes, package_kind: "22", gross_kg: String(12_500 * boxes) }];
    const content = { number: bill, shipper: { name: "Test Exporter Pte" }, consignee: { name: organisation.name.zh, uscc: organisation.uscc }, loading_port: "SGSIN", discharge_port: "CNNGB", containers, goods };
    await send(agent, "/manifests", { call, function: "original", bills: [content] });
    await send(agent, `/calls/${call}/arrival`, { at: new Date().toISOString() });
    return { call, ship: { ...ship, voyage: `${ship.voyage}E` }, bill, boxes: containers.map((container) => container.number), terminal, trader };
  } finally {
    await agent.context().close();
  }
}

/** A landed box whose declaration is to be inspected: drawn, or at an officer's order. Answers with the inspection, the box and the logins. */
export async function drawnInspection(browser, base) {
  const ship = await shipInPort(browser, base, { boxes: 1 });
  const page = await openPage(browser, base, { allow: [403, 404] });
  try {
    await loginAs(page, "terminal");
    await send(page, "/demo/login", { user: ship.terminal.user });
    const east = (await read(page, "/session")).organisation;
    await send(page, "/containers/discharge", { reports: [{ container: ship.boxes[0], call: ship.call, at: new Date().toISOString(), position: "A01-03-1" }] });
    await send(page, "/demo/login", { user: ship.trader });
    const draft = (await send(page, "/declarations", { bill_no: ship.bill })).body;
    const { etag } = await page.evaluate(async (id) => ({ etag: (await fetch(`/api/v1/declarations/${id}`)).headers.get("etag") }), draft.id);
    const item = {
      g_no: "1", code_ts: "3901100001", g_name: "聚乙烯", g_model: "0|3|测试品牌|测试型号", g_qty: "12000", g_unit: "035", first_qty: "12000", first_unit: "035", second_qty: "", second_unit: "",
      decl_price: "1.25", decl_total: "15000", trade_curr: "USD", duty_mode: "1", origin_country: "SGP", destination_country: "CHN", district_code: "33029", goods_attr: "",
    };
    const form = {
      ...draft.form, type: "00", desp_port_code: "SGSIN", distinate_port: "SGSIN", trade_country: "SGP", trade_area_code: "SGP", goods_place: east.name.zh, wrap_type: "22", net_wt: "12000",
      contr_no: "TEST", mark_no: "N/M", goods: [item], containers: draft.form.containers.map((box) => ({ ...box, container_md: "21" })),
    };
    await send(page, `/declarations/${draft.id}`, form, { method: "PUT", ifMatch: etag });
    let accepted = (await send(page, `/declarations/${draft.id}/submit`, {})).body;
    if (!accepted.inspection) {
      const customs = (await read(page, "/demo/logins")).items.find((login) => login.role === "customs").user;
      await send(page, "/demo/login", { user: customs });
      accepted = (await send(page, `/declarations/${draft.id}/draw/override`, { inspect: true, reason: "test" })).body;
    }
    assert.ok(accepted.inspection, "an inspection is ordered");
    return { inspection: accepted.inspection, declaration: draft.id, box: ship.boxes[0], trader: ship.trader };
  } finally {
    await page.context().close();
  }
}

/** A discharge report of a ship's boxes by its terminal, with a count of segments that is wrong. */
export function brokenDischarge({ ship, bill, boxes }) {
  const body = [
    "UNH+1+COARRI:D:95B:UN",
    `BGM+44+D${ship.voyage}+9`,
    `TDT+20+${ship.voyage}+1++DEMO:172:20+++${ship.imo}:146:11:${ship.name}`,
    "LOC+11+CNNGB:139:6",
    "NAD+CA+DEMO:172:20",
    ...boxes.flatMap((box, at) => [`EQD+CN+${box}+22G1:102:5++3+5`, `RFF+BM:${bill}`, `LOC+14+B01-0${at + 1}-1`, "LOC+11+CNNGB:139:6"]),
    `CNT+16:${boxes.length}`,
  ];
  const count = body.length + 1;
  return `${["UNB+UNOB:3+TESTTERMEAST+FAIRWAY+261123:1400+B" + ship.voyage + "++COARRI", ...body, `UNT+${count + 2}+1`, `UNZ+1+B${ship.voyage}`].join("'")}'`;
}
