// Signs in with the provider in a real browser, for tests/it/oidc.rs.
//
//   node browser.mjs PACKAGES URL NAME
//
// PACKAGES is the folder of tests/browser, whose playwright-core drives Chromium.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

const [packages, url, name] = process.argv.slice(2);
const { chromium } = createRequire(`${packages}/`)("playwright-core");

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
try {
  for (const scripts of [true, false]) {
    const context = await browser.newContext({ javaScriptEnabled: scripts });
    const page = await context.newPage();
    const violations = [];
    page.on("console", (message) => message.type() === "error" && violations.push(message.text()));
    await page.goto(`${url}/account`);
    assert.match(page.url(), /\/login\?next=%2Faccount$/);
    await page.getByRole("link", { name: "Sign in with Test ID" }).click();
    // Over the provider and back to where it was going, by itself.
    await page.waitForURL(`${url}/account`);
    assert.equal(await page.locator("h1").textContent(), name);
    const cookies = await context.cookies(url);
    assert.deepEqual(
      cookies.map((cookie) => [cookie.name, cookie.sameSite, cookie.httpOnly]),
      [["waylay_session", "Strict", true]],
    );
    await page.reload();
    assert.equal(await page.locator("h1").textContent(), name);
    assert.deepEqual(violations, []);
    await context.close();
  }
} finally {
  await browser.close();
}
