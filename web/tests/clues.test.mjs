// A clue from its registration to its end through the pages, in Chinese and English, by keys and on a phone; nobody else finds it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESKTOP, loginAs, openPage, PHONE, picture, read, settled, silent, sound, startBrowser, startPort, visit } from "./harness.mjs";
import { send } from "./setting.mjs";

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

/** Chooses one of a list by its label. */
async function choose(page, list, option) {
  await page.getByRole("combobox", { name: list, exact: true }).click();
  await page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option", { hasText: option }).first().click();
}

/** The dialog that is open. */
const dialog = (page) => page.getByRole("dialog");

test("a clue is checked by one officer and closed by another, and nobody else finds it", async () => {
  const customs = await openPage(browser, port.base, { lang: "zh", allow: [...ASIDE, 400] });
  const market = await openPage(browser, port.base, { lang: "en", allow: ASIDE });
  const border = await openPage(browser, port.base, { lang: "en", allow: ASIDE });
  for (const [page, role] of [[customs, "customs"], [market, "market-supervision"], [border, "border"]]) await loginAs(page, role);
  const first = (await read(customs, "/demo/logins")).items.find((login) => login.role === "customs").user;

  await visit(customs, "/clues/new");
  await customs.getByRole("radio", { name: "车辆" }).check();
  await customs.getByRole("textbox", { name: "车牌号" }).fill("浙B1234");
  await customs.getByRole("textbox", { name: "线索内容" }).fill("夜间多次绕行 seen at night");
  await customs.getByRole("textbox", { name: "县区代码（6 位）" }).fill("99010");
  assert.ok(await customs.getByRole("button", { name: "登记线索" }).isDisabled(), "a county's code has six digits");
  await customs.getByRole("textbox", { name: "县区代码（6 位）" }).fill("990101");
  await sound(customs, "clue-new");
  await customs.getByRole("button", { name: "登记线索" }).click();
  await customs.getByText("this is no valid number", { exact: false }).or(customs.getByText("号码无效", { exact: false })).first().waitFor();
  await customs.getByRole("textbox", { name: "车牌号" }).fill("浙B12345");
  await customs.getByRole("button", { name: "登记线索" }).click();
  await customs.waitForURL(/\/clues\/Q/);
  const path = new URL(customs.url()).pathname;
  const state = () => read(customs, path);
  assert.equal((await state()).status, "registered");

  await customs.getByRole("button", { name: "查询信用与动态" }).click();
  await dialog(customs).getByRole("button", { name: "查询信用与动态" }).click();
  await customs.getByRole("heading", { name: "信用与动态" }).waitFor();
  assert.equal((await state()).readings[0].purpose, "assess");

  await customs.getByRole("button", { name: "分 派" }).or(customs.getByRole("button", { name: "分派", exact: true })).first().click();
  const officers = (await read(customs, "/clues/choices")).officers;
  const own = officers.find((one) => one.id === first);
  await choose(customs, "核查人", own.name.zh);
  await picture(customs, "clue-assign");
  await dialog(customs).getByRole("button", { name: /分\s?派/ }).click();
  await customs.locator('[data-status="assigned"]').first().waitFor();

  await customs.getByRole("button", { name: /^反\s?馈$/ }).click();
  await dialog(customs).getByRole("radio", { name: "不属实", exact: true }).check();
  await dialog(customs).getByRole("textbox", { name: "核查情况" }).fill("路线正常，司机迷路 the driver lost the way");
  await sound(customs, "clue-answer");
  await dialog(customs).getByRole("button", { name: /反\s?馈/ }).click();
  await customs.locator('[data-status="not-confirmed"]').first().waitFor();
  assert.equal(await customs.getByRole("button", { name: /^办\s?结$/ }).count(), 0, "whoever answered does not close it");

  // Two authorities that have nothing to do with it; then one of them has.
  for (const page of [market, border]) {
    await visit(page, path);
    await page.getByText("does not exist", { exact: false }).or(page.locator(".problem, [role=alert]")).first().waitFor();
  }
  await customs.getByRole("button", { name: /^共\s?享$/ }).click();
  await choose(customs, "共享给", "市场监管");
  await dialog(customs).getByRole("textbox", { name: "原因" }).fill("涉及营运车辆 a commercial vehicle");
  await dialog(customs).getByRole("button", { name: /共\s?享/ }).click();
  await customs.getByRole("heading", { name: "共享记录" }).waitFor();
  await visit(market, "/clues?whose=shared");
  await market.getByText(path.split("/").pop()).first().waitFor();
  await visit(market, path);
  await market.getByText("seen at night", { exact: false }).waitFor();
  assert.equal(await market.getByText("lost the way", { exact: false }).count(), 0);
  await sound(market, "clue-shared");
  await visit(border, "/clues?whose=shared");
  assert.ok(!(await read(border, "/clues?whose=shared")).items.some((one) => path.endsWith(one.id)));

  // Somebody else of customs closes it.
  const other = officers.find((one) => one.id !== first).id;
  await send(customs, "/demo/login", { user: other });
  await visit(customs, path);
  await customs.getByRole("button", { name: /^办\s?结$/ }).click();
  await dialog(customs).getByRole("textbox", { name: "原因" }).fill("核查完毕");
  await dialog(customs).getByRole("button", { name: /办\s?结/ }).click();
  await customs.locator('[data-status="closed"]').first().waitFor();
  await sound(customs, "clue");
  await customs.setViewportSize(PHONE.viewport);
  await settled(customs);
  await sound(customs, "clue-phone");
  await visit(customs, "/clues");
  await sound(customs, "clues-phone");
  await customs.setViewportSize(DESKTOP.viewport);
  await visit(customs, "/clues/figures");
  const behind = customs.locator("tbody tr").first().getByRole("link").first();
  await behind.waitFor();
  await sound(customs, "clue-figures");
  await behind.focus();
  await customs.keyboard.press("Enter");
  await customs.waitForURL(/\/clues\?from=/);
  await customs.getByText(path.split("/").pop()).first().waitFor();
  await picture(customs, "clues");
  for (const page of [customs, market, border]) silent(page);
});
