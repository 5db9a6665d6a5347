// The inspection site through the pages: the board is live, whoever waits sees their place, an officer takes an inspection up, and the rule of who
// comes first is written by one officer and approved by another.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESKTOP, loginAs, openPage, PHONE, read, settled, silent, sound, startBrowser, startPort, visit } from "./harness.mjs";
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

const ASIDE = [403, 404];

test("who waits at the site sees their place until a drawn officer takes them up", async () => {
  const { inspection, box, trader } = await drawnInspection(browser, port.base);
  const customs = await openPage(browser, port.base, { lang: "zh", allow: ASIDE });
  const terminal = await openPage(browser, port.base, { lang: "en", allow: ASIDE });
  const owner = await openPage(browser, port.base, { lang: "en", allow: ASIDE });
  for (const [page, role] of [[customs, "customs"], [terminal, "terminal"], [owner, "trader"]]) await loginAs(page, role);
  const east = (await read(terminal, "/demo/logins")).items.find((login) => login.user.startsWith("terminal-east.")).user;
  await send(terminal, "/demo/login", { user: east });
  await send(owner, "/demo/login", { user: trader });

  await visit(customs, "/inspection-site");
  const card = (page, lane) => page.locator(`[data-lane="${lane}"] [data-inspection="${inspection}"]`);
  assert.equal(await card(customs, "waiting").count(), 0);
  await visit(terminal, `/inspections/${inspection}`);
  await send(terminal, `/inspections/${inspection}/arrival`, { container: box, at: new Date().toISOString() });
  // Nobody has touched this page: the stream brings it.
  await card(customs, "waiting").waitFor();
  await sound(customs, "site-board");
  await visit(terminal, "/inspection-site");
  await card(terminal, "waiting").waitFor();
  await sound(terminal, "site-board-terminal");
  await visit(owner, `/inspections/${inspection}`);
  const place = await read(owner, `/inspections/${inspection}/queue`);
  assert.ok(place.position >= 1 && place.position <= place.waiting);
  await owner.getByText(`${place.position} of ${place.waiting} that wait`).waitFor();
  await sound(owner, "site-place");

  const [officer] = (await read(customs, `/inspections/${inspection}`)).officers;
  await send(customs, "/demo/login", { user: officer.id });
  await visit(customs, `/inspections/${inspection}`);
  await customs.getByRole("button", { name: "开始查验" }).click();
  await customs.locator(".ant-popover:not(.ant-popover-hidden) .ant-popconfirm-buttons .ant-btn-primary").click();
  await customs.getByRole("button", { name: "开始查验" }).waitFor({ state: "detached" });
  await visit(customs, "/inspection-site");
  await card(customs, "under-way").waitFor();
  await card(terminal, "under-way").waitFor();
  await customs.setViewportSize(PHONE.viewport);
  await settled(customs);
  await sound(customs, "site-board-phone");
  for (const page of [customs, terminal, owner]) silent(page);
});

test("one officer writes a version of the rule and another approves it", async () => {
  const customs = await openPage(browser, port.base, { lang: "zh", allow: ASIDE });
  await loginAs(customs, "customs");
  const logins = (await read(customs, "/clues/choices")).officers.map((one) => one.id);
  const writer = (await read(customs, "/session")).user.id;
  const other = logins.find((id) => id !== writer);
  await visit(customs, "/inspection-site/rule");
  await customs.locator('[data-version="1"]').waitFor();
  const before = (await read(customs, "/inspection-site/rule")).versions[0].classes;
  await customs.getByRole("button", { name: "等级 2 上移" }).click();
  await customs.getByRole("button", { name: "增加等级" }).click();
  const added = `等级 ${before.length + 1}`;
  await customs.getByRole("textbox", { name: `${added} · 等级编号` }).fill("medicine");
  await customs.getByRole("textbox", { name: `${added} · 中文名称` }).fill("药品");
  await customs.getByRole("textbox", { name: `${added} · 英文名称` }).fill("Medicines");
  await customs.getByRole("textbox", { name: `${added} · 商品编号前缀` }).fill("30，2937");
  await sound(customs, "site-rule");
  await customs.getByRole("button", { name: "起草新版本" }).click();
  await customs.locator('[data-version="2"]').waitFor();
  assert.equal(await customs.getByRole("button", { name: /^批\s?准$/ }).count(), 0, "whoever wrote it does not approve it");
  await send(customs, "/demo/login", { user: other });
  await visit(customs, "/inspection-site/rule");
  await customs.getByRole("button", { name: /^批\s?准$/ }).click();
  await customs.locator(".ant-popover:not(.ant-popover-hidden) .ant-popconfirm-buttons .ant-btn-primary").click();
  await customs.locator('[data-version="2"] [data-status="in-force"]').waitFor();
  const now = (await read(customs, "/inspection-site/rule")).versions[0];
  assert.deepEqual(now.classes.map((one) => one.id), [before[1].id, before[0].id, ...before.slice(2).map((one) => one.id), "medicine"]);
  assert.deepEqual(now.classes.at(-1).hs_prefixes, ["30", "2937"]);
  await customs.setViewportSize(PHONE.viewport);
  await settled(customs);
  await sound(customs, "site-rule-phone");
  await customs.setViewportSize(DESKTOP.viewport);
  silent(customs);
});
