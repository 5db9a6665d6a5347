// Shared data, machines, smart tally and the roll-out tracker: each by the role whose business it is.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESKTOP, PHONE, accessible, fits, loginAs, openPage, read, silent, sound, startBrowser, startPort, visit } from "./harness.mjs";
import { imoNumber, send, shipInPort } from "./setting.mjs";

let port;
let browser;

before(async () => {
  port = await startPort();
  browser = await startBrowser();
});

/** A day of the port's clock, which is eight hours ahead of UTC. */
function daysAgo(days) {
  return new Date(Date.now() + 8 * 3_600_000 - days * 86_400_000).toISOString().slice(0, 10);
}

after(async () => {
  await browser?.close();
  await port?.stop();
});

test("an authority asks for data, two sides approve, it takes a page, and the provider sees it in the log", async () => {
  const border = await openPage(browser, port.base, { lang: "zh" });
  await loginAs(border, "border", "/data-catalogue");
  await border.getByLabel("查找资源、数据项").first().fill("船舶动态");
  const calls = border.locator('[data-resource="ship-calls"]');
  await calls.waitFor();
  assert.equal(await border.locator("[data-resource]").count(), 1, "the search leaves what matches");
  await calls.locator("summary").click();
  await calls.getByText("IMO 船舶识别号").waitFor();
  await sound(border, "data-catalogue");
  await calls.getByRole("button", { name: "申请数据" }).click();
  const dialog = border.getByRole("dialog");
  await dialog.getByLabel("使用目的").fill("安排登轮检查");
  const [asked, began, tooEarly] = [19, 20, 21].map(daysAgo);
  await dialog.getByLabel("数据起始日").fill(began);
  await accessible(border);
  await dialog.getByRole("button", { name: "申请数据" }).click();
  await border.waitForURL(/\/sharing-agreements\/H/);
  const id = new URL(border.url()).pathname.split("/").pop();
  await border.getByText("待提供方审批").first().waitFor();
  await sound(border, "sharing-agreement-requested");

  const provider = await openPage(browser, port.base, { lang: "en" });
  await loginAs(provider, "port-authority", `/sharing-agreements/${id}`);
  await provider.getByRole("button", { name: "Approve" }).click();
  await provider.getByRole("button", { name: "Confirm" }).click();
  await provider.getByText("Awaits the port office").first().waitFor();
  silent(provider);
  const office = await openPage(browser, port.base, { lang: "zh", device: PHONE });
  await loginAs(office, "port-office", `/sharing-agreements/${id}`);
  await office.getByRole("button", { name: /批\s*准/, exact: false }).first().click();
  await office.getByRole("button", { name: /确\s*[定认]/ }).click();
  await office.getByText("有效", { exact: true }).first().waitFor();
  await sound(office, "sharing-agreement");
  await office.context().close();

  // More calls than a page holds.
  const agent = await openPage(browser, port.base);
  await loginAs(agent, "agent");
  const first = Math.floor(Math.random() * 800_000);
  for (let n = 0; n < 51; n += 1) {
    const voyage = `S${first + n}`;
    await send(agent, "/calls", { ship_name: `TEST SHARED ${n}`, imo: imoNumber(first + n), flag: "PAN", voyage_in: `${voyage}E`, voyage_out: `${voyage}W`, terminal: "terminal-east", eta: new Date().toISOString() });
  }
  await agent.context().close();

  await visit(border, `/sharing-agreements/${id}`);
  await border.getByText(`${began} – `).waitFor();
  await border.getByLabel("数据自").fill(tooEarly);
  assert.ok(await border.getByRole("button", { name: "取一页数据" }).isDisabled(), "what is not agreed cannot be asked for");
  await border.getByLabel("数据自").fill(asked);
  await border.getByRole("button", { name: "取一页数据" }).click();
  await border.getByText(/第 1 页：已取得 50 行.*后面还有数据/).waitFor();
  const shown = await border.locator("table", { hasText: "IMO 船舶识别号" }).locator("tbody tr").first().innerText();
  await border.getByRole("button", { name: "取下一页" }).click();
  await border.getByText(/第 2 页：已取得 \d+ 行/).waitFor();
  assert.notEqual(await border.locator("table", { hasText: "IMO 船舶识别号" }).locator("tbody tr").first().innerText(), shown, "other rows");
  await border.getByText("IMO 船舶识别号").last().waitFor();
  await border.getByRole("button", { name: "登记使用情况" }).first().click();
  await border.getByRole("dialog").getByLabel("用于什么、结果如何").fill("已安排两艘船");
  await border.getByRole("dialog").getByRole("button", { name: "登记使用情况" }).click();
  await border.getByText("已安排两艘船").waitFor();
  await sound(border, "sharing-agreement-taken");
  await border.context().close();

  await visit(provider, "/data-usage");
  await provider.getByText("已安排两艘船").first().waitFor();
  await sound(provider, "data-usage");
  const entry = (await read(provider, `/data-deliveries?agreement=${id}`)).items[0];
  assert.equal(entry.used, "已安排两艘船");
  await visit(provider, "/sharing-agreements");
  await sound(provider, "sharing-agreements");
  await provider.context().close();
});

test("a terminal registers a machine, sees what it tells and deals with its alarm", async () => {
  const page = await openPage(browser, port.base, { lang: "zh" });
  await loginAs(page, "terminal", "/equipment");
  await sound(page, "equipment");
  const number = `T${Math.floor(Math.random() * 90_000 + 10_000)}`;
  await page.getByRole("button", { name: "登记设备" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("编号").fill(number);
  await dialog.getByLabel("名称").fill("测试场桥");
  await dialog.getByRole("button", { name: "登记设备" }).click();
  await page.waitForURL(new RegExp(`/equipment/.*${number}`));
  await page.getByText("尚无读数").waitFor();
  const reading = { equipment: number, at: new Date().toISOString(), state: "fault", load_kg: 18_000, position: { lat_e7: 299000000, lon_e7: 1225000000 }, alarms: ["E42"] };
  const told = (await send(page, "/telemetry", { readings: [reading, reading] })).body;
  assert.deepEqual([told.accepted, told.duplicates, told.findings], [1, 1, []]);
  await visit(page, new URL(page.url()).pathname);
  await page.getByText("29.90000, 122.50000").waitFor();
  await page.locator('[data-alarm$="E42"]').getByRole("button", { name: /处\s*置/ }).click();
  await page.getByRole("dialog").getByLabel("处置情况").fill("已复位");
  await page.getByRole("dialog").getByRole("button", { name: /处\s*置/ }).click();
  await page.getByText("没有待处置的告警").waitFor();
  await sound(page, "machine");
  const machines = (await read(page, "/equipment?kind=quay-crane")).items;
  assert.ok(machines.some((machine) => machine.hours.length > 0), "the demonstration's machines have hours");
  await visit(page, `/equipment/${machines[0].id}`);
  await sound(page, "machine-hours");
  await page.context().close();
  const phone = await openPage(browser, port.base, { lang: "en", device: PHONE });
  await loginAs(phone, "port-office", "/equipment");
  await sound(phone, "equipment");
  await phone.context().close();
});

test("what a device is unsure of is looked at by a person of the terminal", async () => {
  const setting = await shipInPort(browser, port.base, { boxes: 1 });
  const [container] = setting.boxes;
  const page = await openPage(browser, port.base, { lang: "zh" });
  await loginAs(page, "terminal", "/start");
  const at = new Date().toISOString();
  await send(page, "/containers/discharge", { reports: [{ container, call: setting.call, at, position: "A01" }] });
  const recognised = { device: "QC01", number: container, confidence_per_mille: 870, pictures: ["ab".repeat(32)] };
  await send(page, "/tally-reports", { reports: [{ container, call: setting.call, at, packages: 500, recognised }] });
  await visit(page, `/tally-reports?review=true&q=${container}`);
  const row = page.getByRole("row").filter({ hasText: container });
  await row.getByText("置信度低").waitFor();
  await row.getByRole("button", { name: "人工复核" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("ab".repeat(32)).waitFor();
  await dialog.getByLabel("核对情况").fill("照片清晰，箱号一致");
  await dialog.getByRole("button", { name: "确认无误" }).click();
  await row.waitFor({ state: "detached" });
  const seen = (await read(page, `/tally-reports?q=${container}`)).items[0];
  assert.deepEqual([seen.awaits_review, seen.review_note], [false, "照片清晰，箱号一致"]);
  await visit(page, "/tally-reports?review=true");
  await sound(page, "tally-review");
  await page.context().close();
});

test("the port office states how far a module is, beside its real use", async () => {
  const page = await openPage(browser, port.base, { lang: "zh", device: DESKTOP });
  await loginAs(page, "port-office", "/roll-out");
  await sound(page, "roll-out");
  const row = page.locator('[data-terminal="terminal-west"] [data-module="telemetry"]');
  await row.getByRole("button", { name: /登\s*记/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("负责").fill("码头信息部");
  await dialog.getByRole("button", { name: /登\s*记/ }).click();
  await row.getByText("码头信息部").waitFor();
  await row.getByText("已在使用，未登记").waitFor();
  silent(page);
  await page.context().close();
  const phone = await openPage(browser, port.base, { lang: "zh", device: PHONE });
  await loginAs(phone, "port-authority", "/roll-out");
  assert.equal(await phone.getByRole("button", { name: /^登\s*记$/ }).count(), 0, "who only reads states nothing");
  await fits(phone);
  await sound(phone, "roll-out");
  await phone.context().close();
});
