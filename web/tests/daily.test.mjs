// Daily clearance (日清): the board of open cases, the cases behind a figure, and the closing report of the day, in both languages.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESKTOP, loginAs, openPage, PHONE, read, silent, sound, startBrowser, startPort, visit } from "./harness.mjs";
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

const ASIDE = [403, 404, 409];

/** A case of customs that the test has made itself: a joint order proposed about a landed box. */
async function openCase() {
  const ship = await shipInPort(browser, port.base, { boxes: 1 });
  const page = await openPage(browser, port.base, { allow: ASIDE });
  await loginAs(page, "terminal");
  await send(page, "/demo/login", { user: ship.terminal.user });
  const at = new Date().toISOString();
  await send(page, "/containers/discharge", { reports: [{ container: ship.boxes[0], call: ship.call, at, position: "A01-03-1" }] });
  await loginAs(page, "customs");
  const until = new Date(Date.now() + 7 * 86_400_000).toISOString();
  const placed = (await send(page, "/instructions", { subject: "container", value: ship.boxes[0], from: at, to: until, hold: true, reason: "a sample" })).body;
  return { page, order: placed.order };
}

test("the board, the cases behind a figure, and the closing of the day", async () => {
  const { page, order } = await openCase();
  await visit(page, "/daily");
  const row = page.locator('[data-group="joint-order proposed"]').first();
  await row.getByText("联合查验时间未定").waitFor();
  await sound(page, "daily-board");
  const board = await read(page, "/daily");
  assert.equal(board.figures.open, board.groups.reduce((sum, group) => sum + group.total, 0), "every open case is in one group");
  for (const group of board.groups) assert.equal(group.total, group.ages.reduce((sum, count) => sum + count, 0));

  // A figure leads to its cases, with owner and age.
  await row.locator("td a").first().click();
  await page.waitForURL(/\/daily\/cases\?/);
  await page.getByText(order).first().waitFor();
  await sound(page, "daily-cases");

  // The day is closed with a reason for each group; one case has its own.
  await visit(page, "/daily");
  await page.getByRole("button", { name: "关闭日清报告" }).click();
  const dialog = page.getByRole("dialog");
  const group = dialog.getByRole("region", { name: /联合查验 · 联合查验时间未定/ });
  await group.getByRole("button", { name: "逐件说明" }).click();
  const own = group.locator("li", { hasText: order });
  // By keyboard: from the first choice upwards is the last one.
  await own.getByRole("combobox").click();
  await page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden)").waitFor();
  await own.getByRole("combobox").press("ArrowUp");
  await own.getByRole("combobox").press("Enter");
  await own.getByTitle("其他（须说明）").waitFor();
  const send_ = dialog.getByRole("button", { name: "关闭日清报告" });
  assert.ok(await send_.isDisabled(), "another reason must be said");
  await own.getByRole("textbox").fill("等待取样结果");
  await sound(page, "daily-close");
  await send_.click();
  await page.waitForURL(/\/daily-reports\//);
  await page.getByText("等待取样结果").waitFor();
  await sound(page, "daily-report");
  const [report] = (await read(page, "/daily-reports")).items;
  assert.equal(report.day, board.day);
  const whole = await read(page, `/daily-reports/${report.id}`);
  assert.equal(whole.cases.find((one) => one.id === order).reason, "other");
  assert.ok(whole.groups.every((one) => one.reason_text.zh && one.count > 0));
  for (const [ending, kind] of [["pdf", "application/pdf"], ["csv", "text/csv"]]) {
    const file = await page.evaluate(async (path) => {
      const answer = await fetch(path);
      return { status: answer.status, kind: answer.headers.get("content-type"), bytes: (await answer.arrayBuffer()).byteLength };
    }, `/api/v1/daily-reports/${report.id}/report.${ending}`);
    assert.ok(file.status === 200 && file.kind.startsWith(kind) && file.bytes > 100, `${ending}: ${JSON.stringify(file)}`);
  }
  // Once: the board leads to the report instead.
  await visit(page, "/daily");
  await page.getByRole("link", { name: "今日已关闭" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "关闭日清报告" }).count(), 0);
  await visit(page, "/daily-reports");
  await sound(page, "daily-reports");
  silent(page);
  await page.context().close();
});

test("the board for customs and the port office, in both languages and on a phone", async (t) => {
  for (const [role, lang, device] of [["customs", "en", DESKTOP], ["customs", "zh", PHONE], ["port-office", "zh", DESKTOP], ["port-office", "en", PHONE]]) {
    await t.test(`${role}, ${lang}, ${device.name}`, async () => {
      const page = await openPage(browser, port.base, { lang, device, allow: ASIDE });
      await loginAs(page, role, "/daily");
      await page.locator("[data-figure]").first().waitFor();
      await sound(page, `daily-${role}`);
      for (const path of ["/daily/cases", "/daily/cases?kind=inspection&age=0", "/daily-reports"]) {
        await visit(page, path);
        await sound(page, `daily-${role}${path.replace(/\W+/g, "-")}`);
      }
      silent(page);
      await page.context().close();
    });
  }
});
