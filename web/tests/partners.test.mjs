// What is agreed with a partner: the administrator writes it, the partner reads it and changes its own part.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, loginAs, openPage, read, silent, sound, startBrowser, startPort, visit } from "./harness.mjs";

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

test("the administrator agrees on a deviation, the partner sees it and names its own contact", async () => {
  const admin = await openPage(browser, port.base, { lang: "en", allow: [422] });
  await loginAs(admin, "admin", "/admin/partners");
  await admin.getByRole("link", { name: /Demo East/ }).first().click();
  await admin.getByLabel("Wrong segment count in UNT").check();
  await admin.getByLabel("Segments out of place, too many or missing").check();
  // What the server refuses is told at its place, and nothing is lost.
  await admin.getByLabel("Folder name").fill("../etc");
  await admin.getByRole("button", { name: "Save" }).click();
  await admin.getByText("This is no name of a folder.").waitFor();
  await accessible(admin);
  await admin.getByLabel("Folder name").fill("");
  await admin.getByRole("button", { name: "Save" }).click();
  await admin.getByText("Saved").waitFor();
  await admin.reload();
  await admin.getByLabel("Wrong segment count in UNT").waitFor();
  assert.equal(await admin.getByLabel("Wrong segment count in UNT").isChecked(), true);
  assert.equal(await admin.getByLabel("Segments out of place, too many or missing").isChecked(), true);
  silent(admin);
  await admin.context().close();

  const terminal = await openPage(browser, port.base, { lang: "en" });
  await loginAs(terminal, "terminal", "/start");
  await terminal.getByRole("link", { name: "My channel" }).click();
  await terminal.getByText("Wrong segment count in UNT").waitFor();
  await terminal.getByText("Segments out of place, too many or missing").waitFor();
  assert.equal(await terminal.getByLabel("Folder name").count(), 0, "what is agreed is not for one side to change");
  await terminal.getByLabel("Name or desk").fill("EDI desk");
  await terminal.getByLabel("Silence alarm (hours)").fill("24");
  await terminal.getByRole("button", { name: "Save" }).click();
  await terminal.getByText("Saved").waitFor();
  await visit(terminal, "/channel");
  assert.equal(await terminal.getByLabel("Name or desk").inputValue(), "EDI desk");
  await terminal.getByRole("button", { name: "Test the connection" }).click();
  await terminal.getByText("There is no channel to test.").waitFor();
  silent(terminal);
  await terminal.context().close();
});

test("the administrator writes a routing rule, and the partner sees it", async () => {
  const admin = await openPage(browser, port.base, { lang: "zh", allow: [400] });
  await loginAs(admin, "admin", "/admin/partners");
  await admin.getByRole("link", { name: "转发规则" }).click();
  await admin.getByText("没有转发规则。").waitFor();
  const terminal = (await read(admin, "/admin/partners?limit=200")).items.find((each) => each.organisation.role === "terminal").organisation;
  const agent = (await read(admin, "/admin/partners?limit=200")).items.find((each) => each.organisation.role === "agent").organisation;
  await admin.getByRole("button", { name: "增加规则" }).click();
  const dialog = admin.getByRole("dialog");
  await dialog.getByLabel("发送方").fill(agent.id);
  await dialog.getByLabel("接收方").fill(terminal.id);
  await dialog.getByLabel("报文类型").fill("COPRAR *");
  await dialog.getByRole("button", { name: "保存" }).click();
  await dialog.getByText(/请填写 1 至 50 个报文类型/).first().waitFor();
  await dialog.getByLabel("报文类型").fill("coprar bapli");
  await dialog.getByRole("button", { name: "保存" }).click();
  await admin.locator(`[data-route="${agent.id}/${terminal.id}"]`).getByText("BAPLI COPRAR").waitFor();
  await admin.getByRole("dialog").waitFor({ state: "hidden" });
  await sound(admin, "routes");
  await visit(admin, `/admin/partners/${terminal.id}`);
  await admin.locator(`[data-route="${agent.id}/${terminal.id}"]`).waitFor();
  await visit(admin, "/admin/routes");
  await admin.getByRole("button", { name: `删除 ${agent.id} ${terminal.id}` }).click();
  await admin.getByRole("button", { name: /确\s*[定认]/ }).click();
  await admin.getByText("没有转发规则。").waitFor();
  silent(admin);
  await admin.context().close();
});
