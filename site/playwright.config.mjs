import { defineConfig } from "@playwright/test";
import { findChromium } from "./tests/chromium.mjs";

// `npm run test:browser` runs the stories; `npm run test:screens` takes pictures of every page.
export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  // Each worker serves a community of its own, so nothing in one file disturbs another.
  workers: 2,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 7_000 },
  reporter: "list",
  use: {
    // A trace doubles the time of a test. `make browser-test` makes one of what failed.
    trace: "off",
    screenshot: "only-on-failure",
    actionTimeout: 7_000,
    navigationTimeout: 15_000,
    locale: "en-GB",
    timezoneId: "Europe/Lisbon",
    launchOptions: {
      executablePath: findChromium(),
      args: [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "stories", testMatch: "*.spec.mjs" },
    { name: "screens", testMatch: "screens.mjs" },
  ],
});
