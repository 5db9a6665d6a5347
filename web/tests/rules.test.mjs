// An officer changes a rate, tries it on last month's cases, another officer countersigns, and it is in force.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, fits, loginAs, openPage, PHONE, picture, read, settled, silent, sound, startBrowser, startPort, visit } from "./harness.mjs";

const TABLE = "import-inspection-rate";
let port;
let browser;

before(async () => {
  port = await startPort({ containers: 240 });
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await port?.stop();
});

async function send(page, path, body) {
  const status = await page.evaluate(
    async ([wanted, content]) => (await fetch(`/api/v1${wanted}`, { method: "POST", headers: { "content-type": "application/json", "x-fairway": "1" }, body: JSON.stringify(content) })).status,
    [path, body],
  );
  assert.ok(status < 300, `POST ${path}: ${status}`);
}

async function as(page, user, path) {
  await page.goto("/");
  await send(page, "/demo/login", { user });
  await visit(page, path);
}

test("a rate is changed, tried, and countersigned by another officer", async () => {
  const page = await openPage(browser, port.base, { allow: [409, 422] });
  await loginAs(page, "customs", "/rules");
  await page.getByText("随平台提供的演示版本").waitFor();
  await sound(page, "rules-list");
  const author = (await read(page, "/session")).user.id;
  await page.getByRole("button", { name: "编制新版本" }).click();
  await page.waitForURL(/versions\/2/);
  await settled(page);

  // The head: it begins today.
  const today = await page.evaluate(() => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date()));
  await page.getByLabel("生效日期").fill(today);
  // A cell by keyboard: a rate that cannot be, the live check marks it, undo takes it back.
  const { table } = await read(page, `/rule-tables/${TABLE}/versions/2`);
  const line = table.rows.findIndex((row) => row.id === "regular") + 1;
  const rate = page.locator(`[data-pointer="/rows/${line - 1}/then/inspection_rate_bp"]`);
  await rate.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("spinbutton", { name: "查验率（%）" }).fill("45");
  await picture(page, "rules-cell");
  await accessible(page);
  await page.getByRole("dialog").getByRole("button", { name: /确\s?定/ }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.match(await rate.innerText(), /45 %/);
  // Deleting the last rule leaves a gap, told at once; undo brings it back.
  await page.locator(`[data-at="${table.rows.length - 1}.0"]`).focus();
  await page.keyboard.press("Control+Delete");
  await page.locator(".findings").getByText("没有规则覆盖此类情形").waitFor();
  await picture(page, "rules-gap");
  await page.getByRole("button", { name: "撤销" }).click();
  await page.locator(".findings").getByText("没有规则覆盖此类情形").waitFor({ state: "detached" });
  // A condition by its dialog.
  await page.locator(`[data-pointer="/rows/${line - 1}/note"]`).click();
  await page.getByLabel("说明 · 中文").fill("常规企业提高查验率");
  await page.getByRole("dialog").getByRole("button", { name: /确\s?定/ }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "保存草稿" }).click();
  await page.getByText("草稿已保存").waitFor();
  await sound(page, "rules-edit");
  // Out to a sheet and back: nothing differs. A file that is none is told, and nothing is lost.
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "导出 XLSX" }).click()]);
  await page.locator("input[type=file]").setInputFiles(await download.path());
  await page.getByText("已读入文件，尚未保存").waitFor();
  assert.match(await rate.innerText(), /45 %/);
  await page.getByRole("button", { name: "撤销" }).click();
  await page.locator("input[type=file]").setInputFiles({ name: "broken.xlsx", mimeType: "application/octet-stream", buffer: Buffer.from("PK broken") });
  await page.getByText("不是 XLSX 文件").first().waitFor();

  await page.getByRole("tab", { name: "改动" }).click();
  await page.getByText("查验率（万分之一） 由 300 改为 4500").waitFor();
  await sound(page, "rules-difference");

  await page.getByRole("tab", { name: "试算" }).click();
  await page.getByRole("button", { name: "开始试算" }).click();
  await page.getByRole("heading", { name: /试算完成/ }).waitFor();
  await page.locator(".trial-pictures svg").first().waitFor();
  const trial = await read(page, `/rule-tables/${TABLE}/versions/2/trial`);
  assert.ok(trial.result.summary.cases > 20, `${trial.result.summary.cases} cases`);
  assert.ok(trial.result.after.inspected > trial.result.before.inspected, "more regular enterprises are inspected");
  assert.ok(trial.result.summary.flips_in > 0);
  assert.ok((await page.locator("section[aria-label='结论翻转的案件'] tbody tr").count()) > 0);
  await sound(page, "rules-trial");

  await page.getByRole("tab", { name: "签发" }).click();
  await page.getByRole("button", { name: "提交复核" }).click();
  await page.getByRole("textbox", { name: /修改理由/ }).fill("本季度常规企业查获率上升");
  await page.getByRole("dialog").getByRole("button", { name: "提交复核" }).click();
  await page.getByText("本版本由您编制或提交").waitFor();
  assert.equal(await page.getByRole("button", { name: "复核并签发" }).count(), 0);
  const version = await read(page, `/rule-tables/${TABLE}/versions/2`);
  const refused = await page.evaluate(
    async ([path, fingerprint]) => (await fetch(path, { method: "POST", headers: { "content-type": "application/json", "x-fairway": "1" }, body: JSON.stringify({ fingerprint }) })).json(),
    [`/api/v1/rule-tables/${TABLE}/versions/2/countersign`, version.version.fingerprint],
  );
  assert.equal(refused.code, "rule-own-version");
  await sound(page, "rules-submitted");

  // The other officer finds it in the worklist, reads the change, signs.
  const officers = (await read(page, "/demo/logins")).items.filter((login) => login.role === "customs").map((login) => login.user);
  const other = officers.find((user) => user !== author) ?? author.replace(/\.\w+$/, ".bai");
  await as(page, other, "/worklist");
  await page.getByText("复核规则版本").first().waitFor();
  await visit(page, `/rules/${TABLE}/versions/2?tab=release`);
  await page.getByText("查验率（万分之一） 由 300 改为 4500").waitFor();
  await sound(page, "rules-countersign");
  await page.getByRole("button", { name: "复核并签发" }).click();
  await page.locator(".ant-popconfirm, .ant-popover").getByRole("button", { name: /确/ }).click();
  await page.getByText("已签发").waitFor();
  await page.getByText("fairway-rule-release-v1").waitFor();
  await sound(page, "rules-released");
  await visit(page, "/rules");
  await page.getByText("现行").waitFor();
  await sound(page, "rules-history");

  // What is declared from now on is decided by it (that it is stands in the tests of the use cases).
  const { items } = await read(page, "/rule-tables");
  assert.equal(items.find((each) => each.id === TABLE).in_force, 2);
  silent(page);
  await page.context().close();
});

test("a phone reads the rules, in English", async () => {
  const page = await openPage(browser, port.base, { lang: "en", device: PHONE });
  await loginAs(page, "port-office", "/rules");
  await sound(page, "rules-list");
  await page.getByRole("link", { name: "Version 1" }).click();
  await page.getByText("seriously-dishonest").first().waitFor();
  await settled(page);
  await fits(page);
  await sound(page, "rules-read");
  assert.equal(await page.getByRole("tab", { name: "Trial" }).count(), 0, "trials are the authority's own");
  await page.context().close();
});
