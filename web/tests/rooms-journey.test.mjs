// One imported container, from the manifest to the gate, walked in the browser by everybody who has a part in it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { loginAs, openPage, picture, read, settled, silent, startBrowser, startPort, visit } from "./harness.mjs";
import { containerNumber, imoNumber, send } from "./setting.mjs";

let port;
let browser;
/** What the steps hand on to each other. */
const walk = {};
const pages = {};

before(async () => {
  port = await startPort();
  browser = await startBrowser();
  for (const role of ["agent", "trader", "terminal", "trucker", "customs"]) {
    pages[role] = await openPage(browser, port.base, { lang: "zh", allow: [404, 409, 422] });
    await loginAs(pages[role], role);
  }
});

after(async () => {
  await browser?.close();
  await port?.stop();
});

const run = Date.now() % 1_000_000;
const ship = { name: `TEST PASSAGE ${run}`, imo: imoNumber(run), voyage: `T${String(run).slice(-4)}E` };
const box = containerNumber(900_000 + (run % 90_000));
const billNumber = `ZZZTEST${run}`;

function cuscar({ sender, container, consignee, unt = 0 }) {
  const body = [
    "UNH+1+CUSCAR:D:95B:UN",
    `BGM+785+TEST-${run}+9`,
    "DTM+137:202611220830:203",
    `TDT+20+${ship.voyage}+1++TEST:172:20+++${ship.imo}:146:11:${ship.name}`,
    "LOC+11+CNNGB:139:6",
    `EQD+CN+${container}+22G1:102:5+++5`,
    "MEA+AAE+G+KGM:12500",
    "SEL+TEST000001+CA",
    "CNT+16:1",
    "CNI+1",
    `RFF+BM:${billNumber}`,
    "LOC+9+SGSIN:139:6",
    "LOC+11+CNNGB:139:6",
    "NAD+CZ+++Test Exporter Pte+1 Sample Road",
    `NAD+CN+${consignee.uscc}:160:ZZZ++${consignee.name}`,
    "NAD+CA+++Test Line",
    "GID+1+500:CT",
    "FTX+AAA+++POLYETHYLENE IN BAGS",
    "MEA+AAE+G+KGM:12500",
    `SGP+${container}+500`,
    "CST++3901100001:122",
  ];
  const segments = [`UNB+UNOW:4+${sender}+FAIRWAY+20261122:0830+T${run}${unt}++CUSCAR`, ...body, `UNT+${body.length + 1 + unt}+1`, `UNZ+1+T${run}${unt}`];
  return `${segments.join("'\n")}'\n`;
}

// ---- hands on the page

/** Chooses in a select; one that can be typed in is searched. The list is gone again before the next step begins. */
async function choose(page, scope, text) {
  const control = scope.getByRole("combobox");
  const list = page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden)");
  await control.click();
  if (await control.isEditable()) {
    await control.fill(text);
    await list.locator(".ant-select-item-option-active").filter({ hasText: text }).waitFor();
    await control.press("Enter");
  } else {
    await list.locator(".ant-select-item-option").filter({ hasText: text }).first().click();
  }
  await list.waitFor({ state: "hidden" });
  await scope.locator(".ant-select").filter({ hasText: text }).first().waitFor();
}

/** Fills the field that a JSON pointer names. */
async function put(page, pointer, text) {
  const field = page.locator(`[data-pointer="${pointer}"]`);
  if (await field.getByRole("combobox").count()) await choose(page, field, text);
  else await field.locator("input, textarea").first().fill(text);
}

const button = (scope, name) => scope.getByRole("button", { name, exact: typeof name === "string" });
const dialog = (page) => page.getByRole("dialog");

/** Presses a button that asks first, and says yes. */
async function confirmed(page, name) {
  await button(page, name).click();
  await page.locator(".ant-popover:not(.ant-popover-hidden)").getByRole("button", { name: "确认" }).click();
}

/** Waits until the page shows an object in a state; the page has to learn it by itself. */
async function inState(page, ...states) {
  await page.waitForFunction((wanted) => wanted.includes(document.querySelector(".page-tags .tag")?.getAttribute("data-status")), states);
}

/** A payment settles by the bank's messages; then the way leads back. */
async function paid(page) {
  await page.waitForURL(/\/payments\//);
  await inState(page, "settled");
  for (const kind of ["pain.001", "pain.002", "camt.054"]) await page.getByText(kind).first().waitFor();
  await page.getByText("沙箱银行", { exact: true }).waitFor();
}

/** A picture of one grey point. */
const PHOTO = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==", "base64");

test("one container, from the manifest to the gate", { concurrency: false }, async (t) => {
  const part = (name, role, work) =>
    t.test(name, async () => {
      const page = pages[role];
      assert.ok(!walk.broken, `not walked, since "${walk.broken}" failed`);
      walk.broken = name;
      try {
        await work(page);
        silent(page);
        walk.broken = null;
      } finally {
        await picture(page, `journey-${name.replace(/\W+/g, "-")}`);
      }
    });
  const session = await read(pages.trader, "/session");
  const consignee = { uscc: session.organisation.uscc, name: session.organisation.name.zh };
  // The cast's message addresses are its organisations' names in capitals.
  const sender = `TEST${(await read(pages.agent, "/session")).organisation.id.replace("-", "").toUpperCase()}`;
  const trucker = (await read(pages.trucker, "/session")).organisation;
  const terminal = (await read(pages.terminal, "/session")).organisation;

  await part("the agent announces the ship", "agent", async (page) => {
    await visit(page, "/calls");
    await button(page, /船舶预报/).click();
    await put(page, "/ship_name", ship.name);
    await put(page, "/imo", imoNumber(run + 1).slice(0, 6) + ((Number(imoNumber(run + 1)[6]) + 1) % 10));
    await page.getByText(/校验位不符/).waitFor();
    await put(page, "/imo", ship.imo);
    await put(page, "/flag", "PAN");
    await choose(page, page.locator('[data-pointer="/terminal"]'), terminal.name.zh);
    await put(page, "/voyage_in", ship.voyage);
    await put(page, "/voyage_out", ship.voyage.replace("E", "W"));
    const soon = new Date(Date.now() + 8 * 3_600_000 + 3_600_000).toISOString().slice(0, 16);
    await put(page, "/eta", soon);
    await button(page, "提交预报").click();
    await page.waitForURL(/\/calls\/C/);
    await inState(page, "announced");
    walk.call = page.url().split("/").pop();
    walk.container = `${box}-${walk.call}`;
  });

  await part("a faulty manifest is kept, answered, and says where the fault is", "agent", async (page) => {
    await visit(page, "/messages");
    const wrong = box.slice(0, 10) + ((Number(box[10]) + 1) % 10);
    await page.locator('input[type="file"]').setInputFiles({ name: "cuscar.edi", mimeType: "text/plain", buffer: Buffer.from(cuscar({ sender, container: wrong, consignee, unt: 3 })) });
    await page.waitForURL(/\/messages\/G/);
    const finding = page.locator(".finding button").filter({ hasText: wrong }).first();
    await finding.click();
    const segment = page.locator(".segments .segment-picked");
    await segment.waitFor();
    assert.match(await segment.innerText(), new RegExp(wrong));
    await page.getByRole("region", { name: "应答" }).first().waitFor();
    assert.match(await page.getByRole("region", { name: "应答" }).first().innerText(), /UNB\+/);
  });

  await part("the agent sends the manifest", "agent", async (page) => {
    await visit(page, "/messages");
    await button(page, "粘贴报文文本").click();
    await page.getByRole("textbox", { name: "粘贴报文文本" }).fill(cuscar({ sender, container: box, consignee }));
    await button(page, "发送这段报文").click();
    await page.waitForURL(/\/messages\/G/);
    await inState(page, "processed", "processed-with-findings", "answered");
    const made = page.locator(".object-list");
    await made.getByRole("link", { name: billNumber }).waitFor();
    await made.locator('a[href^="/manifests/"]').first().click();
    await settled(page);
    await page.getByRole("link", { name: box }).waitFor();
  });

  await part("the broker declares before the ship is here", "trader", async (page) => {
    await visit(page, `/bills?open_for=declaration&q=${billNumber}`);
    await page.getByRole("link", { name: billNumber }).click();
    await page.waitForURL(/\/bills\/ZZZ/);
    await button(page, "报关").click();
    await page.waitForURL(/\/declarations\/D/);
    walk.declaration = page.url().split("/").pop();
    await button(page, "检查全部").click();
    await page.locator(".finding").first().waitFor();
    const missing = await page.locator(".finding").count();
    assert.ok(missing > 3, `an empty draft has more than three findings, ${missing} were told at once`);
    const header = {
      "/type": "00",
      "/desp_port_code": "SGSIN",
      "/distinate_port": "SGSIN",
      "/trade_country": "SGP",
      "/trade_area_code": "SGP",
      "/goods_place": terminal.name.zh,
      "/wrap_type": "22",
      "/net_wt": "12000",
      "/contr_no": `TEST-${run}`,
      "/mark_no": "N/M",
    };
    for (const [pointer, text] of Object.entries(header)) await put(page, pointer, text);
    await put(page, "/containers/0/container_md", "21");
    await button(page, "从提单带入").click();
    await button(page, /打开商品 1/).click();
    const item = {
      code_ts: "3901100001", g_name: "聚乙烯", g_model: "0|3|测试品牌|测试型号", g_qty: "12000", g_unit: "035", first_qty: "12000", first_unit: "035",
      decl_price: "1.25", decl_total: "15000", trade_curr: "USD", duty_mode: "1", origin_country: "SGP", destination_country: "CHN", district_code: "33029",
    };
    for (const [name, text] of Object.entries(item)) await put(page, `/goods/0/${name}`, text);
    await button(dialog(page), "完成").click();
    await dialog(page).waitFor({ state: "hidden" });
    for (const [code, name] of [["00000001", "invoice.pdf"], ["00000002", "packing.pdf"]]) {
      await choose(page, page.locator('[data-pointer="/documents"]'), code);
      await page.locator('[data-pointer="/documents"] input[type="file"]').setInputFiles({ name, mimeType: "application/pdf", buffer: Buffer.from(`%PDF-1.4\n% ${name} ${run}\n`) });
      await page.getByRole("link", { name }).waitFor();
    }
    await page.locator(".saved-saved").waitFor();
    await button(page, "检查全部").click();
    await page.waitForFunction(() => !document.querySelector(".finding-error"));
    await page.reload();
    await settled(page);
    assert.equal(await page.locator('[data-pointer="/net_wt"] input').inputValue(), "12000", "the draft was saved while it was typed");
    await button(page, "正式申报").click();
    await page.locator(".answer").filter({ hasText: /查验/ }).waitFor();
    const declaration = await read(page, `/declarations/${walk.declaration}`);
    assert.ok(declaration.advance, "declared before arrival");
    assert.match(declaration.entry_id, /^\d{18}$/);
    assert.ok(declaration.decision.answered_in_ms < 1_000, `answered in ${declaration.decision.answered_in_ms} ms`);
    await page.getByText("提前申报").first().waitFor();
    walk.inspection = declaration.inspection;
    walk.wanted = declaration.decision.documents.map((document) => document.code).filter((code) => !declaration.form.documents.some((given) => given.edoc_code === code));
  });

  if (walk.wanted?.length) {
    await part("the broker hands in the documents that are wanted", "trader", async (page) => {
      for (const code of walk.wanted) {
        const region = page.getByRole("region", { name: "补交单证" });
        await choose(page, region, code);
        await region.locator('input[type="file"]').setInputFiles({ name: `${code}.pdf`, mimeType: "application/pdf", buffer: Buffer.from(`%PDF-1.4\n% ${code} ${run}\n`) });
        await page.getByRole("link", { name: `${code}.pdf` }).waitFor();
      }
    });
  }

  await part("customs sees which rules and facts led to the answer", "customs", async (page) => {
    await visit(page, `/declarations/${walk.declaration}`);
    await page.getByRole("heading", { name: /判定依据/ }).waitFor();
    assert.ok((await page.locator(".reasons li").count()) > 0, "the reasons are told");
    if (await button(page, "单证审核通过").count()) {
      await button(page, "单证审核通过").click();
      await button(dialog(page), "单证审核通过").click();
      await page.locator('[data-track="documents"][data-state="done"]').waitFor();
    }
  });

  await part("the ship arrives", "agent", async (page) => {
    await visit(page, `/calls/${walk.call}`);
    await button(page, "报告抵港").click();
    await button(dialog(page), "报告抵港").click();
    await inState(page, "arrived");
  });

  await part("the terminal reports the discharge, twice without harm", "terminal", async (page) => {
    await visit(page, `/containers/discharge?call=${walk.call}`);
    await page.getByRole("checkbox", { name: box }).check();
    await page.getByRole("textbox", { name: `堆场位置 ${box}` }).fill("A01-02-1");
    await button(page, "上报卸船").click();
    await page.getByText(/已登记 1 \/ 1 箱/).waitFor();
    await page.getByText("已全部卸完").waitFor();
    await button(page, "粘贴清单").click();
    await page.getByRole("textbox", { name: "粘贴清单" }).fill(`${box}\tA01-02-1`);
    await button(dialog(page), /读入 1 箱/).click();
    await button(page, "上报卸船").click();
    await page.getByRole("region", { name: "上报结果" }).getByText(box).waitFor();
  });

  if (walk.inspection) {
    await part("the broker appoints the inspection", "trader", async (page) => {
      await visit(page, `/inspections/${walk.inspection}`);
      for (let day = 0; day < 5 && (await page.locator(".slot:enabled").count()) === 0; day += 1) {
        await page.locator('input[type="date"]').fill(new Date(Date.now() + (day + 1) * 86_400_000).toISOString().slice(0, 10));
        await settled(page);
      }
      await page.locator(".slot:enabled").first().click();
      await button(page, "确认预约").click();
      await inState(page, "appointed");
    });
    await part("the terminal presents the box", "terminal", async (page) => {
      await visit(page, `/inspections/${walk.inspection}`);
      await confirmed(page, "报到场");
      await inState(page, "at-site");
    });
    await part("two drawn officers record the result", "customs", async (page) => {
      await visit(page, `/inspections/${walk.inspection}`);
      await inspected(page);
    });
  }

  await part("the broker pays the duty", "trader", async (page) => {
    await visit(page, `/declarations/${walk.declaration}`);
    await page.locator('[data-track="arrival"][data-state="done"]').waitFor();
    await page.locator('[data-track="duty"] a').click();
    await page.waitForURL(/\/duty-notices\//);
    await page.getByText("计算过程").first().waitFor();
    await confirmed(page, "缴款");
    await paid(page);
    await visit(page, `/declarations/${walk.declaration}`);
    await inState(page, "released");
    await page.getByText("海关已放行").waitFor();
    const pdf = await page.evaluate(async (id) => {
      const answer = await fetch(`/api/v1/declarations/${id}/release.pdf`);
      return { type: answer.headers.get("content-type"), head: (await answer.text()).slice(0, 5) };
    }, walk.declaration);
    assert.deepEqual(pdf, { type: "application/pdf", head: "%PDF-" });
  });

  await part("the broker asks for the delivery order and pays its charges", "trader", async (page) => {
    await visit(page, `/bills/${billNumber}`);
    await confirmed(page, "申请换单");
    await page.waitForURL(/\/delivery-orders\/O/);
    walk.order = page.url().split("/").pop();
    await inState(page, "requested");
    await confirmed(page, "支付换单费");
    await paid(page);
  });

  await part("the agent issues it", "agent", async (page) => {
    await visit(page, "/delivery-orders?status=requested");
    await page.getByRole("link", { name: walk.order }).click();
    await button(page, "签发提货单").click();
    await button(dialog(page), "签发提货单").click();
    await inState(page, "issued");
  });

  await part("the broker transfers it to the haulier", "trader", async (page) => {
    await visit(page, `/delivery-orders/${walk.order}`);
    await page.getByRole("img", { name: /二维码/ }).waitFor();
    await button(page, "转让").click();
    await choose(page, dialog(page), trucker.name.zh);
    await button(dialog(page), "确认转让").click();
    await inState(page, "transferred");
  });

  await part("the gate refuses a truck without a booking, and says why", "terminal", async (page) => {
    await visit(page, "/gate");
    await page.getByRole("textbox", { name: "车牌号" }).fill("浙B12345");
    await page.getByRole("textbox", { name: "箱号" }).fill(box);
    await page.keyboard.press("Enter");
    await page.locator('[data-outcome="refused"]').waitFor();
    assert.ok((await page.locator(".gate-reasons li").count()) > 0, "a refusal has its reasons");
  });

  await part("the terminal opens its hours", "terminal", async (page) => {
    await visit(page, "/slots");
    await page.getByRole("spinbutton", { name: "每小时车辆数" }).fill("37");
    for (const [name, hour] of [["从", "00:00"], ["到", "24:00"]]) {
      await page.getByRole("combobox", { name, exact: true }).click();
      await page.keyboard.type(hour.slice(0, 2));
      await page.locator(`.ant-select-item-option[title="${hour}"]:visible`).click();
      await page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden)").waitFor({ state: "hidden" });
    }
    await button(page, /^设定/).click();
    await page.getByText(/已设定 \d+ 个时段/).waitFor();
    // The hours that are not over take 37 trucks, as soon as the page has read them again.
    await page.waitForFunction(() => Array.from(document.querySelectorAll("td[data-capacity]")).some((cell) => cell.textContent.trim() === "37"));
  });

  await part("the haulier books a pick-up", "trucker", async (page) => {
    await visit(page, "/today");
    await page.locator(".box-list li").filter({ hasText: box }).getByRole("link", { name: "预约" }).click();
    await page.waitForURL(/\/bookings\/new/);
    await page.locator(".slot:enabled").first().click();
    await put(page, "/plate", "浙B12345");
    await put(page, "/driver_name", "测试司机");
    await put(page, "/driver_phone", "13800000000");
    await button(page, "确认预约").click();
    await page.waitForURL(/card=B/);
    await page.getByRole("img", { name: "预约二维码" }).waitFor();
    walk.booking = new URL(page.url()).searchParams.get("card");
  });

  await part("the truck comes in and leaves with the box", "terminal", async (page) => {
    await visit(page, "/gate");
    for (const [key, outcome] of [["F2", "进闸"], ["F3", "出闸"]]) {
      await page.keyboard.press("Escape");
      await page.keyboard.press(key);
      await page.getByRole("textbox", { name: "车牌号" }).fill("浙B12345");
      await page.getByRole("textbox", { name: "箱号" }).fill(box);
      if (key === "F3") {
        await page.getByRole("textbox", { name: "封号" }).fill("TEST000001");
        await button(page, /右侧/).click();
        await button(dialog(page), "记录残损").click();
        await page.locator(".gate-photos input[type=file]").setInputFiles({ name: "door.png", mimeType: "image/png", buffer: PHOTO });
        await page.getByRole("img", { name: "第 1 张照片" }).waitFor();
      }
      await page.getByRole("textbox", { name: "箱号" }).press("Enter");
      await page.locator('[data-outcome="passed"]').waitFor();
      assert.ok(outcome);
    }
    await page.getByRole("link", { name: /设备交接单/ }).click();
    await page.waitForURL(/\/eirs\/E/);
    await page.locator("li").filter({ hasText: "DT 凹陷" }).waitFor();
    const photo = page.getByRole("img", { name: "第 1 张照片" });
    await photo.waitFor();
    assert.ok(await photo.evaluate((img) => img.decode().then(() => img.naturalWidth)), "the photo is shown");
    await page.getByRole("img", { name: /交接单验证二维码/ }).waitFor();
  });

  await part("the order is used up and the gate lets nothing out twice", "terminal", async (page) => {
    await visit(page, "/gate");
    await page.keyboard.press("F3");
    await page.getByRole("textbox", { name: "车牌号" }).fill("浙B12345");
    await page.getByRole("textbox", { name: "箱号" }).fill(box);
    await page.getByRole("textbox", { name: "箱号" }).press("Enter");
    await page.locator('[data-outcome="refused"]').waitFor();
    const order = await read(pages.trader, `/delivery-orders/${walk.order}`);
    assert.equal(order.status, "redeemed");
  });

  await part("the case shows it all", "trader", async (page) => {
    await visit(page, `/cases/${walk.container}`);
    const kinds = [];
    for (let path = `/cases/${walk.container}/timeline?limit=200`; path; ) {
      const { items, next } = await read(page, path);
      kinds.push(...items.map((item) => item.kind));
      path = next && `/cases/${walk.container}/timeline?limit=200&cursor=${encodeURIComponent(next)}`;
    }
    for (const kind of [
      "container.announced", "declaration.accepted", "declaration.decided", "container.discharged", "duty-notice.paid", "declaration.released", "delivery-order.issued",
      "delivery-order.transferred", "container.booked", "container.gated-in", "container.gated-out", "delivery-order.redeemed",
    ]) {
      assert.ok(kinds.includes(kind), `${kind} is on the timeline: ${[...new Set(kinds)].join(" ")}`);
    }
    const { summary } = await read(page, `/cases/${walk.container}`);
    assert.ok(summary.ended_at, "the case has ended");
    await page.getByText(billNumber).first().waitFor();
  });
});

/** Two drawn officers, each logged in as themselves: one writes the result down, the other confirms it. Before, one of them is replaced by lot. */
async function inspected(page) {
  const path = new URL(page.url()).pathname;
  const drawn = async () => (await read(page, path)).officers.map((officer) => officer.id);
  const become = async (user) => {
    await send(page, "/demo/login", { user });
    await visit(page, path);
  };
  const everybody = (await read(page, "/demo/logins")).items.filter((login) => login.role === "customs").map((login) => login.user);
  const before = await drawn();
  assert.equal(before.length, 2, "two officers were drawn");
  await become(everybody.find((user) => !before.includes(user)));
  await page.getByText("只有抽中的查验人员可以录入和复核结果。").waitFor();
  assert.equal(await page.getByRole("textbox", { name: "查验情况" }).count(), 0, "nobody else writes a result");
  await button(page, "更换").first().click();
  await page.getByRole("textbox", { name: "原因" }).fill("年休假");
  await button(dialog(page), "更换").click();
  await page.getByText("更换记录").waitFor();
  const [first, second] = await drawn();
  assert.ok(!before.includes(first) && before[1] === second, "another officer was drawn in the first one's place");

  await page.locator(`[data-act-as="${first}"]`).click();
  const result = page.getByRole("button", { name: "提交，交另一名复核" });
  await page.getByRole("textbox", { name: "查验情况" }).fill("货证相符，未见异常。");
  assert.ok(await result.isDisabled(), "a box that was opened needs a new seal");
  await page.getByRole("textbox", { name: "新封志号" }).fill("TESTSEAL1");
  await result.click();
  await inState(page, "recorded");
  assert.equal(await page.getByRole("button", { name: "复核确认" }).count(), 0, "nobody confirms what they wrote themselves");
  await picture(page, "inspection-recorded");
  await become(second);
  await confirmed(page, "复核确认");
  await inState(page, "passed");
}

/** Declared by a certified trader, of whose goods few are inspected: of so many declarations, one is not drawn. */
const BILLS = 5;

test("an inspection, from the order to the result", { concurrency: false }, async () => {
  const { agent, trader, terminal, customs } = pages;
  await send(trader, "/demo/login", { user: "trader-aurora.chen" });
  const { organisation } = await read(trader, "/session");
  const east = (await read(terminal, "/session")).organisation;
  const eta = new Date(Date.now() + 3_600_000).toISOString();
  const visitor = { ship_name: `TEST SCRUTINY ${run}`, imo: imoNumber(run + 7), flag: "PAN", voyage_in: `S${run}E`, voyage_out: `S${run}W`, terminal: east.id, eta };
  const call = (await send(agent, "/calls", visitor)).body;
  const bills = Array.from({ length: BILLS }, (_, at) => ({
    number: `ZZZSCRUT${run}${at}`,
    shipper: { name: "Test Exporter Pte" },
    consignee: { name: organisation.name.zh, uscc: organisation.uscc },
    loading_port: "SGSIN",
    discharge_port: "CNNGB",
    containers: [{ number: containerNumber(800_000 + ((run + at * 7) % 90_000)), size_type: "22G1", seal: null, gross_kg: "12500", packages: 500 }],
    goods: [{ description: "POLYETHYLENE IN BAGS", hs_code: "3901100001", packages: 500, package_kind: "22", gross_kg: "12500" }],
  }));
  await send(agent, "/manifests", { call: call.id, function: "original", bills });
  let spared;
  for (const bill of bills) {
    const draft = (await send(trader, "/declarations", { bill_no: bill.number })).body;
    const { etag } = await trader.evaluate(async (id) => ({ etag: (await fetch(`/api/v1/declarations/${id}`)).headers.get("etag") }), draft.id);
    const item = {
      g_no: "1", code_ts: "3901100001", g_name: "聚乙烯", g_model: "0|3|测试品牌|测试型号", g_qty: "12000", g_unit: "035", first_qty: "12000", first_unit: "035", second_qty: "", second_unit: "",
      decl_price: "1.25", decl_total: "15000", trade_curr: "USD", duty_mode: "1", origin_country: "SGP", destination_country: "CHN", district_code: "33029", goods_attr: "",
    };
    const form = {
      ...draft.form, type: "00", desp_port_code: "SGSIN", distinate_port: "SGSIN", trade_country: "SGP", trade_area_code: "SGP", goods_place: east.name.zh, wrap_type: "22", net_wt: "12000",
      contr_no: "TEST", mark_no: "N/M", goods: [item], containers: draft.form.containers.map((box) => ({ ...box, container_md: "21" })),
    };
    await send(trader, `/declarations/${draft.id}`, form, { method: "PUT", ifMatch: etag });
    const accepted = (await send(trader, `/declarations/${draft.id}/submit`, {})).body;
    if (!accepted.decision.inspect) {
      spared = { declaration: accepted, bill };
      break;
    }
  }
  assert.ok(spared, `of ${BILLS} declarations of a certified trader, one is not drawn`);

  // Not drawn, and inspected at an officer's order, with a reason for customs alone; the day counts it.
  const path = `/declarations/${spared.declaration.id}`;
  const { day } = (await read(customs, path)).decision.officer.draw;
  const ordered = async () => (await read(customs, `/public/draws/${day}`)).ordered;
  const before = await ordered();
  await visit(customs, path);
  await button(customs, "人工加查").click();
  await customs.getByRole("textbox", { name: "原因" }).fill("同批货物另有情况");
  await dialog(customs).getByRole("button", { name: "人工加查" }).click();
  await dialog(customs).waitFor({ state: "hidden" });
  await customs.getByText("由关员决定查验").waitFor();
  await customs.getByText("同批货物另有情况").first().waitFor();
  await picture(customs, "draw-overridden");
  assert.equal(await ordered(), before + 1, "the day counts it in public");
  const drawn = { declaration: await read(trader, path), bill: spared.bill };
  assert.equal(drawn.declaration.overridden.reason, null, "why is for customs alone");
  const box = drawn.bill.containers[0].number;
  await send(agent, `/calls/${call.id}/arrival`, { at: new Date().toISOString() });
  await send(terminal, "/containers/discharge", { reports: [{ container: box, call: call.id, at: new Date().toISOString(), position: "A01-03-1" }] });

  await visit(trader, `/declarations/${drawn.declaration.id}`);
  await trader.locator(".answer").filter({ hasText: "需要查验" }).waitFor();
  await trader.locator('[data-track="inspection"] a').click();
  await trader.waitForURL(/\/inspections\/I/);
  const address = new URL(trader.url()).pathname;
  for (let day = 1; day < 8 && (await trader.locator(".slot:enabled").count()) === 0; day += 1) {
    await trader.locator('input[type="date"]').fill(new Date(Date.now() + day * 86_400_000).toISOString().slice(0, 10));
    await settled(trader);
  }
  await trader.locator(".slot:enabled").first().click();
  await button(trader, "确认预约").click();
  await inState(trader, "appointed");

  await visit(terminal, address);
  await confirmed(terminal, "报到场");
  await inState(terminal, "at-site");

  await visit(customs, address);
  await customs.getByRole("link", { name: /^\d{4}-\d{2}-\d{2}$/ }).first().waitFor();
  assert.equal(await trader.evaluate(async (path) => (await (await fetch(`/api/v1${path}`)).json()).officers.length, address), 0, "who comes is not told before");
  await inspected(customs);
  await picture(customs, "inspection-passed");

  await visit(trader, `/declarations/${drawn.declaration.id}`);
  await trader.locator('[data-track="inspection"][data-state="done"]').waitFor();
  for (const page of [agent, trader, terminal, customs]) silent(page);
});
