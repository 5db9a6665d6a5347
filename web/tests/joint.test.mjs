// Three authorities' instructions become one opening of one box, through the pages, in Chinese and English; nobody reads another's reason.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESKTOP, loginAs, openPage, PHONE, picture, read, settled, silent, sound, startBrowser, startPort, visit } from "./harness.mjs";
import { send, shipInPort } from "./setting.mjs";

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

const ASIDE = [403, 404];
const DAY = 86_400_000;

/** A box that is landed, with its terminal's login. */
async function landed() {
  const ship = await shipInPort(browser, port.base, { boxes: 1 });
  const page = await openPage(browser, port.base, { allow: ASIDE });
  await loginAs(page, "terminal");
  await send(page, "/demo/login", { user: ship.terminal.user });
  await send(page, "/containers/discharge", { reports: [{ container: ship.boxes[0], call: ship.call, at: new Date().toISOString(), position: "A01-03-1" }] });
  await page.context().close();
  return ship;
}

const WORDS = {
  zh: { number: "箱号", reason: "理由", place: "下达指令", confirm: "确认派员", ok: "合格", part: "提交本单位情况" },
  en: { number: "Container number", reason: "Reason", place: "Place an instruction", confirm: "Confirm", ok: "In order", part: "Write down the part" },
};

/** Presses a button that asks whether one is sure. */
async function surely(page, name) {
  await page.getByRole("button", { name, exact: true }).click();
  await page.locator(".ant-popover:not(.ant-popover-hidden) .ant-popconfirm-buttons .ant-btn-primary").click();
}

/** Places an instruction about a box by the form. Answers with its id. */
async function instruct(page, box, reason) {
  const words = WORDS[page.fairway.lang];
  await visit(page, "/instructions/new");
  await page.getByRole("textbox", { name: words.number }).fill(box);
  await page.getByRole("textbox", { name: words.reason }).fill(reason);
  await picture(page, "instruction-new");
  await page.getByRole("button", { name: words.place }).click();
  await page.waitForURL(/\/instructions\/K/);
  await page.locator('[data-status="matched"]').first().waitFor();
  await page.getByText(reason).waitFor();
  return page.url().split("/").pop();
}

/** Every item of the own checklist is in order. */
async function allInOrder(page) {
  const words = WORDS[page.fairway.lang];
  for (const choice of await page.getByRole("radio", { name: words.ok, exact: true }).all()) await choice.check();
  // Customs inspects goods with two officers.
  if (page.fairway.lang === "zh") {
    const officers = page.getByRole("textbox", { name: "到场人员" });
    const own = await officers.inputValue();
    if (own.startsWith("customs-demo.")) await officers.fill(`${own}, customs-demo.${own.endsWith(".an") ? "cao" : "an"}`);
  }
  await page.getByRole("button", { name: words.part }).click();
}

test("three authorities' instructions become one opening of one box", async () => {
  const ship = await landed();
  const [box] = ship.boxes;
  const pages = {};
  for (const [role, lang] of [["border", "zh"], ["market-supervision", "en"], ["customs", "zh"], ["terminal", "zh"], ["trader", "zh"], ["port-office", "en"]]) {
    pages[role] = await openPage(browser, port.base, { lang, allow: ASIDE });
    await loginAs(pages[role], role);
  }
  await send(pages.terminal, "/demo/login", { user: ship.terminal.user });
  await send(pages.trader, "/demo/login", { user: ship.trader });

  // Each places an instruction of its own; they meet in one order.
  const ofBorder = await instruct(pages.border, box, "线索甲");
  await instruct(pages["market-supervision"], box, "labels complained of");
  await instruct(pages.customs, box, "品名可疑");
  const { order } = await read(pages.border, `/instructions/${ofBorder}`);
  const path = `/joint-orders/${order}`;
  const state = () => read(pages.customs, path);
  assert.equal((await state()).participants.length, 3);

  // Why border wants it is border's own.
  for (const other of [pages["market-supervision"], pages.customs, pages["port-office"]]) {
    await visit(other, `/instructions/${ofBorder}`);
    await visit(other, path);
    assert.ok(!(await other.content()).includes("线索甲"), `${other.url()} tells no reason`);
  }

  // The lead takes a place at the site for tomorrow; the others confirm.
  await visit(pages.customs, path);
  await pages.customs.locator('input[type="date"]').fill(new Date(Date.now() + DAY).toISOString().slice(0, 10));
  await settled(pages.customs);
  await pages.customs.locator(".slot:enabled").first().click();
  await pages.customs.getByRole("button", { name: "提出时间" }).click();
  await pages.customs.getByText("已提出，等待各单位答复").waitFor();
  for (const role of ["border", "market-supervision"]) {
    await visit(pages[role], "/worklist?mine=true");
    await visit(pages[role], path);
    await pages[role].getByRole("button", { name: WORDS[pages[role].fairway.lang].confirm, exact: true }).click();
    await pages[role].locator(`[data-participant][data-answer="confirmed"]`).nth(role === "border" ? 1 : 2).waitFor();
  }
  await sound(pages.border, "joint-order-confirmed");

  // The consignee need not be there.
  await visit(pages.trader, path);
  await surely(pages.trader, "同意无需到场");
  await pages.trader.getByText("收货人无需到场").waitFor();

  // The terminal brings the box once; the lead opens it once; everybody looks into it.
  await visit(pages.terminal, path);
  await surely(pages.terminal, "报到场");
  await pages.terminal.getByText("已到场").first().waitFor();
  await visit(pages.customs, path);
  await surely(pages.customs, "开箱");
  await pages.customs.locator(`[data-box="${box}"]`).getByText("已开箱").waitFor();
  assert.equal(await pages.customs.getByRole("button", { name: "开箱", exact: true }).count(), 0, "it is opened once");
  for (const role of ["border", "market-supervision", "customs"]) {
    await visit(pages[role], path);
    await allInOrder(pages[role]);
    await pages[role].waitForFunction(() => !document.querySelector("#part"));
  }
  await sound(pages["market-supervision"], "joint-order-parts");

  // One result answers everybody.
  await visit(pages.customs, path);
  await pages.customs.getByRole("textbox", { name: `${box} 新封志` }).fill("TESTJOINT1");
  await pages.customs.getByRole("textbox", { name: "查验情况" }).fill("货证相符，未见异常。");
  await sound(pages.customs, "joint-order-conclude");
  await pages.customs.getByRole("button", { name: "作出结果并答复各方" }).click();
  await pages.customs.locator('[data-released="true"]').waitFor();
  for (const role of ["border", "market-supervision", "terminal", "trader", "port-office"]) {
    await visit(pages[role], path);
    await pages[role].locator('[data-released="true"]').waitFor();
  }
  await visit(pages.border, `/instructions/${ofBorder}`);
  await pages.border.locator('[data-status="settled"]').first().waitFor();
  const kinds = (await read(pages.trader, `/cases/${box}-${ship.call}/timeline?limit=200`)).items.map((item) => item.kind);
  assert.equal(kinds.filter((kind) => kind === "joint-order.opened").length, 1, "one opening");
  assert.ok(kinds.includes("joint-order.fees-exempted"), "a clean result costs the trader nothing");
  for (const page of Object.values(pages)) {
    silent(page);
    await page.context().close();
  }
});

test("pages of the authorities in both languages and on a phone", async (t) => {
  const ship = await landed();
  const setting = await openPage(browser, port.base, { allow: ASIDE });
  await loginAs(setting, "maritime");
  const until = new Date(Date.now() + 7 * DAY).toISOString();
  const form = { subject: "ship-call", value: ship.call, from: new Date().toISOString(), to: until, hold: true, reason: "certificates to be seen" };
  const placed = (await send(setting, "/instructions", form)).body;
  const withdrawn = (await send(setting, "/instructions", { ...form, subject: "container", value: ship.boxes[0] })).body;
  await send(setting, `/instructions/${withdrawn.id}/withdraw`, { reason: "no longer needed" });
  await setting.context().close();
  for (const [lang, device] of [["zh", DESKTOP], ["en", DESKTOP], ["zh", PHONE], ["en", PHONE]]) {
    await t.test(`${lang}, ${device.name}`, async () => {
      const page = await openPage(browser, port.base, { lang, device, allow: ASIDE });
      try {
        await loginAs(page, "maritime");
        await sound(page, "maritime-start");
        for (const path of ["/instructions", "/instructions/new", `/instructions/${placed.id}`, `/instructions/${withdrawn.id}`, "/joint-orders", `/joint-orders/${placed.order}`, "/calls"]) {
          await visit(page, path);
          await sound(page, `maritime${path.replace(/\W+/g, "-")}`);
        }
      } finally {
        await page.context().close();
      }
    });
  }
});

test("whatever a withdrawal or a split leads to is done by the page", async () => {
  const ship = await landed();
  const page = await openPage(browser, port.base, { allow: ASIDE });
  const other = await openPage(browser, port.base, { lang: "en", allow: ASIDE });
  await loginAs(page, "port-authority");
  await loginAs(other, "border");
  const id = await instruct(page, ship.boxes[0], "作业条件");
  await instruct(other, ship.boxes[0], "a stowaway is said to be inside");
  const { order } = await read(page, `/instructions/${id}`);
  await visit(page, `/instructions/${id}`);
  await surely(page, "拆分单独办理");
  await page.waitForFunction((former) => !document.body.textContent.includes(former), order);
  const apart = (await read(page, `/instructions/${id}`)).order;
  assert.notEqual(apart, order);
  assert.equal((await read(page, `/joint-orders/${apart}`)).apart, true);
  await page.getByRole("button", { name: "撤回指令" }).click();
  await page.getByRole("textbox", { name: "原因" }).fill("已核实");
  await page.getByRole("dialog").getByRole("button", { name: "撤回指令" }).click();
  await page.locator('[data-status="withdrawn"]').first().waitFor();
  assert.equal((await read(page, `/joint-orders?status=cancelled`)).items.some((one) => one.id === apart), false, "who is gone sees it no more");
  silent(page);
  await page.context().close();
  await other.context().close();
});
