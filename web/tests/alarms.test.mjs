// Alarms in one list with their library, rosters and workload, and the on-schedule rate of inspected boxes; both languages, and a phone.
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

const ASIDE = [403, 404, 409, 412];
/** The platform looks once a minute. */
const WATCHED_MS = 150_000;

/** A day some days from today on the port's clock. */
function day(ahead) {
  return new Date(Date.now() + 8 * 3_600_000 + ahead * 86_400_000).toISOString().slice(0, 10);
}

async function landedBox() {
  const ship = await shipInPort(browser, port.base, { boxes: 1 });
  const page = await openPage(browser, port.base, { allow: ASIDE });
  await loginAs(page, "terminal");
  await send(page, "/demo/login", { user: ship.terminal.user });
  await send(page, "/containers/discharge", { reports: [{ container: ship.boxes[0], call: ship.call, at: new Date().toISOString(), position: "A01-03-1" }] });
  await page.context().close();
  return ship.boxes[0];
}

test("alarms in one list, looked after, and a limit changed by its keeper", async () => {
  const box = await landedBox();
  const page = await openPage(browser, port.base, { allow: ASIDE });
  await loginAs(page, "customs", "/alarm-rules");
  const rule = page.locator('[data-rule="import-unreleased"]');
  await rule.getByText("进口箱长期未放行").waitFor();
  await page.locator('[data-rule="truck-off-route"]').getByText("未监测").waitFor();
  await sound(page, "alarm-rules");
  await rule.getByRole("button", { name: "调整" }).click();
  const dialog = page.getByRole("dialog");
  const limits = dialog.getByRole("textbox", { name: "限值（小时）" });
  assert.equal(await limits.inputValue(), "168 336 2160");
  await dialog.getByRole("textbox", { name: "调整理由" }).fill("测试：立即预警");
  const save = dialog.getByRole("button", { name: "调整" });
  await limits.fill("5 3");
  assert.ok(await save.isDisabled(), "limits ascend");
  await limits.fill("0, 336");
  await sound(page, "alarm-rule-change");
  await save.click();
  await rule.getByText("测试：立即预警").waitFor();
  await rule.getByText("立即 / 14 天").waitFor();

  // Within a minute the box is on the list, with the way to its case, and is looked after.
  await page.waitForFunction(
    async (number) => {
      const found = await (await fetch(`/api/v1/alarms?q=${number}`)).json();
      return found.items?.some((alarm) => alarm.rule === "import-unreleased");
    },
    box,
    { timeout: WATCHED_MS, polling: 1_000 },
  );
  await visit(page, "/alarms");
  const row = page.locator("tr", { hasText: box });
  await row.getByText("进口箱长期未放行").waitFor();
  await page.locator('[data-figure="open"] > dd').waitFor();
  await sound(page, "alarms");
  await row.getByRole("button", { name: "登记处置" }).click();
  const noting = page.getByRole("dialog");
  await noting.getByRole("textbox", { name: "处置情况" }).fill("已联系报关单位");
  await noting.getByRole("button", { name: "登记处置" }).click();
  await row.getByText("已联系报关单位").waitFor();
  const [alarm] = (await read(page, `/alarms?q=${box}`)).items;
  assert.deepEqual([alarm.status, alarm.notes.length, alarm.case.type], ["acknowledged", 1, "container"]);
  const csv = await page.evaluate(async () => {
    const answer = await fetch("/api/v1/alarms/export");
    return { kind: answer.headers.get("content-type"), text: await answer.text() };
  });
  assert.ok(csv.kind.startsWith("text/csv") && csv.text.includes(box), csv.kind);
  await row.locator(".worklist-link").click();
  await page.waitForURL(/\/cases\//);
  // Start page and daily board say how many there are.
  for (const path of ["/start", "/daily"]) {
    await visit(page, path);
    await page.getByRole("link", { name: "查看预警" }).first().waitFor();
  }
  silent(page);
  await page.context().close();
});

test("a shift, an absence, and a roster in force", async () => {
  const page = await openPage(browser, port.base, { allow: ASIDE });
  await loginAs(page, "customs", `/roster?day=${day(5)}`);
  await page.getByText("这一天还没有班次").waitFor();
  await sound(page, "roster-empty");
  const { officers, sites } = await read(page, `/roster?day=${day(5)}`);
  const [first, second, third] = officers;
  await page.getByRole("button", { name: "添加班次" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "人员" }).fill(first.id);
  await dialog.getByRole("combobox", { name: "人员" }).press("Enter");
  await dialog.getByLabel("止", { exact: true }).fill("18:00");
  await sound(page, "roster-shift");
  await dialog.getByRole("button", { name: "添加班次" }).click();
  const shift = page.locator('[data-shift="1"]');
  await shift.getByText(first.name.zh).waitFor();
  await shift.getByText(/120 分钟|600 分钟/).waitFor();
  // Nobody is in two places at once: refused, and said in words.
  await page.getByRole("button", { name: "添加班次" }).click();
  await dialog.getByRole("combobox", { name: "人员" }).fill(first.id);
  await dialog.getByRole("combobox", { name: "人员" }).press("Enter");
  await dialog.getByRole("button", { name: "添加班次" }).click();
  await dialog.getByText("不能同时在两处").waitFor();
  await dialog.getByRole("button", { name: "取消" }).click();
  const at = (hour) => new Date(Date.parse(`${day(5)}T${hour}:00Z`) - 8 * 3_600_000).toISOString();
  for (const officer of [second, third]) {
    await send(page, `/roster/${day(5)}/shifts`, { officer: officer.id, site: sites[0], from: at("08:00"), to: at("16:00") });
  }
  await visit(page, `/roster?day=${day(5)}`);
  await page.getByRole("button", { name: "登记不在岗" }).click();
  await dialog.getByRole("combobox", { name: "人员" }).fill(third.id);
  await dialog.getByRole("combobox", { name: "人员" }).press("Enter");
  await dialog.getByRole("button", { name: "登记不在岗" }).click();
  await page.locator(`[data-absent="${third.id}"]`).getByText("休假").waitFor();
  await page.getByRole("button", { name: "发布", exact: true }).click();
  await dialog.getByRole("button", { name: "发布", exact: true }).click();
  await page.locator('[data-status="published"]').first().waitFor();
  await sound(page, "roster");
  // The workload of the day tells who is there, and leads to the roster.
  await visit(page, "/workload");
  const load = page.locator(`[data-day="${day(5)}"]`);
  await load.getByText("18", { exact: true }).first().waitFor();
  await page.locator('[data-method="weekday"]').waitFor();
  await sound(page, "workload");
  silent(page);
  await page.context().close();
});

test("alarms, rules, rosters, workload and the rate for each who may see them, in both languages and on a phone", async (t) => {
  const pages = { "/alarms": "alarms", "/alarm-rules": "rules", "/roster": "roster", "/workload": "workload", "/insight/on-schedule": "on-schedule" };
  const shown = [
    ["customs", "en", DESKTOP, Object.keys(pages)],
    ["customs", "zh", PHONE, Object.keys(pages)],
    ["port-office", "zh", DESKTOP, ["/alarms", "/alarm-rules", "/workload", "/insight/on-schedule"]],
    ["terminal", "en", PHONE, ["/alarms", "/alarm-rules", "/insight/on-schedule"]],
    ["trader", "zh", DESKTOP, ["/alarms"]],
  ];
  for (const [role, lang, device, paths] of shown) {
    await t.test(`${role}, ${lang}, ${device.name}`, async () => {
      const page = await openPage(browser, port.base, { lang, device, allow: ASIDE });
      await loginAs(page, role);
      for (const path of paths) {
        await visit(page, path);
        await page.locator(".panel, .worklist").first().waitFor();
        await sound(page, `${pages[path]}-${role}-${lang}-${device.name}`);
      }
      silent(page);
      await page.context().close();
    });
  }
});
