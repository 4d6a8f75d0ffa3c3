// What every reader is promised: pages are files. No cookie, no other site, no function, no inline
// script; small, still, and readable on the narrowest screen.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./community.mjs";
import { expect, LESSON, test, withAndWithoutJavaScript } from "./kit.mjs";
import { allPages, TYPES } from "./pages.mjs";
import { startSlowly } from "./slowly.mjs";

/** Compressed bytes of a first visit. */
const MOST_SCRIPT = 10 * 1024;
const MOST_STYLE = 10 * 1024;
/** What a measurement of CLS calls 0. */
const STILL = 0.0005;

test("every page keeps the reader's promise", async ({ visit, request, community }) => {
  test.setTimeout(180_000);
  const reader = await visit();
  reader.page.on("response", async (response) => {
    expect.soft(response.headers()["set-cookie"], `${response.url()} sets a cookie`).toBeUndefined();
  });
  for (const path of await allPages(at(request, community))) {
    await test.step(path, async () => {
      await reader.page.setViewportSize({ width: 1280, height: 900 });
      await reader.open(path);
      expect.soft(await layoutShift(reader.page), `${path} moves while it loads`).toEqual([]);
      expect.soft(await inlineCode(reader.page), `${path} has inline code`).toEqual([]);
      await reader.page.setViewportSize({ width: 390, height: 844 });
      await reader.page.reload();
      expect.soft(await layoutShift(reader.page), `${path} moves while it loads on a phone`).toEqual([]);
      // 320 × 256 is what a screen of 1280 × 1024 has left at 400 %.
      await reader.page.setViewportSize({ width: 320, height: 256 });
      expect.soft(await overflow(reader.page), `${path} is wider than 320 pixels`).toEqual([]);
      expect.soft(await stuckHeight(reader.page), `${path} covers the screen`).toBeLessThanOrEqual(64);
    });
  }
  expect(await reader.context.cookies()).toEqual([]);
  expect(reader.saw.calls()).toEqual([]);
});

test("the text does not move while a page arrives slowly", async ({ browser, community }) => {
  const slowly = await startSlowly(community.url);
  for (const viewport of [{ width: 390, height: 844 }, { width: 1280, height: 900 }]) {
    const page = await browser.newPage({ baseURL: slowly.url, viewport });
    for (const type of ["lesson", "article", "digest", "session", "sign in"]) {
      await page.goto(TYPES[type]);
      expect.soft(await layoutShift(page, "main *"), `${type}, ${viewport.width} pixels wide`).toEqual([]);
    }
    await page.close();
  }
  await slowly.stop();
});

for (const type of ["lesson", "session", "article", "discussion"]) {
  test(`a first visit to a ${type} is small`, async ({ visit }) => {
    const reader = await visit();
    const sizes = { script: 0, stylesheet: 0, font: 0 };
    const measured = [];
    reader.page.on("requestfinished", (request) => measured.push((async () => {
      sizes[request.resourceType()] = (sizes[request.resourceType()] ?? 0) + (await request.sizes()).responseBodySize;
    })()));
    await reader.open(TYPES[type]);
    await reader.page.waitForLoadState("networkidle");
    await Promise.all(measured);
    test.info().annotations.push({ type: "bytes", description: JSON.stringify(sizes) });
    expect(sizes.script).toBeGreaterThan(0);
    expect(sizes.script).toBeLessThanOrEqual(MOST_SCRIPT);
    expect(sizes.stylesheet).toBeGreaterThan(0);
    expect(sizes.stylesheet).toBeLessThanOrEqual(MOST_STYLE);
    expect(sizes.font).toBe(0);
  });
}

test("without JavaScript every comment is there, with name, time, relation and permalink", async ({ visit }) => {
  const { members, comments } = JSON.parse(await readFile(join(root, "functions/cli/sample/discussion.json"), "utf8"));
  const nameOf = (id) => members.find((each) => each.id === id).name;
  const reader = await visit({ javaScript: false });
  let open;
  for (const comment of comments) {
    const page = `/discussions/${comment.thread}/`;
    if (open !== page) { await reader.open(page); open = page; }
    const shown = await reader.page.evaluate((id) => {
      const article = document.getElementById(`c-${id}`);
      return article && {
        name: article.querySelector(":scope > header .comment-author").textContent,
        time: article.querySelector(":scope > header time").dateTime,
        link: article.querySelector(":scope > header .comment-time").getAttribute("href"),
        below: article.parentElement.closest("article.comment")?.id ?? null,
        answers: article.querySelector(":scope > header .comment-to a")?.getAttribute("href") ?? null,
      };
    }, comment.id);
    expect.soft(shown, `comment ${comment.id} in ${comment.thread}`).toMatchObject({
      name: nameOf(comment.author),
      time: comment.created,
      link: `/discussions/${comment.thread}/#c-${comment.id}`,
    });
    const relation = `${shown.below} ${shown.answers}`;
    if (comment.reply_to) expect.soft(relation, `what ${comment.id} answers`).toContain(`c-${comment.reply_to}`);
  }
});

test("permalinks lead to their comments, also in a discussion of several pages", async ({ visit, member }) => {
  test.setTimeout(90_000);
  const thread = "git-corrections";
  for (let writer = 0; writer < 6; writer++) {
    const author = await member();
    for (let n = 0; n < 9; n++) await author.comment(thread, `Comment ${writer}-${n} of many`);
  }
  const reader = await visit({ javaScript: false });
  reader.saw.expectTrouble(/404/);
  await reader.seesOn(`/discussions/${thread}/2/`, "Comment 5-8 of many");
  await reader.open(`/discussions/${thread}/`);
  const first = await permalinks(reader.page);
  await reader.page.getByRole("navigation", { name: "Pages of this discussion" }).getByRole("link", { name: "2" }).click();
  const second = await permalinks(reader.page);
  expect(first.length + second.length).toBe(54);
  for (const link of [...first.slice(-2), ...second.slice(0, 2)]) {
    await reader.open(link);
    await expect(reader.page.locator(new URL(link, "http://x").hash)).toBeInViewport();
  }
});

withAndWithoutJavaScript((javaScript) => {
  test("an old address leads to the page", async ({ visit }) => {
    const reader = await visit({ javaScript });
    await reader.open("/courses/write-for-this-community/what-stays-when-a-page-moves/");
    await expect(reader.page).toHaveURL(/\/write-for-this-community\/ids-renames-and-corrections\/$/);
    await expect(reader.heading("Ids, renames and corrections")).toBeVisible();
  });
});

test("the choice of colours stays in the browser, without a cookie", async ({ visit }) => {
  const reader = await visit();
  await reader.open(LESSON);
  await reader.page.getByLabel("Colours").selectOption("Dark");
  const dark = await background(reader.page);
  await reader.page.reload();
  expect(await background(reader.page)).toBe(dark);
  await reader.page.getByLabel("Colours").selectOption("Light");
  expect(await background(reader.page)).not.toBe(dark);
  expect(await reader.context.cookies()).toEqual([]);
});

const at = (request, { url }) => ({ get: (path) => request.get(new URL(path, url).href) });
const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const permalinks = (page) => page.locator(".comment-time").evaluateAll((links) => links.map((link) => link.getAttribute("href")));

/** What has moved since the page began to load; scrolls through, for what loads late. */
function layoutShift(page, which = "*") {
  return page.evaluate(async ([selector, still]) => {
    const shifts = [];
    const describe = (node) => {
      const element = node?.nodeType === Node.TEXT_NODE ? node.parentElement : node;
      return element?.matches?.(selector) ? element.outerHTML.slice(0, 80) : null;
    };
    const keep = (entries) => {
      for (const { value, sources } of entries) {
        const moved = sources.map(({ node }) => describe(node)).filter(Boolean);
        if (moved.length) shifts.push({ value, moved });
      }
    };
    const observer = new PerformanceObserver((list) => keep(list.getEntries()));
    observer.observe({ type: "layout-shift", buffered: true });
    const painted = () => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); });
    scrollTo(0, document.body.scrollHeight);
    await painted();
    scrollTo(0, 0);
    await painted();
    keep(observer.takeRecords());
    const sum = shifts.reduce((all, { value }) => all + value, 0);
    return sum < still ? [] : shifts;
  }, [which, STILL]);
}

function inlineCode(page) {
  return page.evaluate(() => {
    const code = document.querySelectorAll('script:not([src]):not([type="application/ld+json"]), style, [style]');
    const handlers = [...document.querySelectorAll("*")].filter((each) => each.getAttributeNames().some((name) => name.startsWith("on")));
    return [...code, ...handlers].map((each) => each.outerHTML.slice(0, 120));
  });
}

/** What makes the page wider than its window. */
function overflow(page) {
  return page.evaluate(() => {
    if (document.documentElement.scrollWidth <= innerWidth) return [];
    const wide = [...document.body.querySelectorAll("*")].filter((each) => each.getBoundingClientRect().right > innerWidth + 1);
    return [`${document.documentElement.scrollWidth} pixels`, ...wide.slice(0, 5).map((each) => each.outerHTML.slice(0, 120))];
  });
}

/** Pixels of the window's height that do not scroll away. */
function stuckHeight(page) {
  return page.evaluate(() => [...document.querySelectorAll("body *")]
    .filter((each) => ["fixed", "sticky"].includes(getComputedStyle(each).position))
    .map((each) => each.getBoundingClientRect())
    .filter(({ width, height, top }) => width > 160 && height > 0 && top < innerHeight)
    .reduce((sum, { height }) => sum + height, 0));
}
