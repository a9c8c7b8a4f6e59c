// Lighthouse on a phone profile, over the pages that matter, in one browser. Writes docs/lighthouse.md.
// Usage: node run.js http://127.0.0.1:5000 path/to/lighthouse.md path/to/chromium
import { writeFileSync } from "node:fs";
import puppeteer from "puppeteer-core";
import { startFlow } from "lighthouse";

const [site, target, executablePath] = process.argv.slice(2);
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
const PAGES = [
  ["Kalendern", "/"],
  ["En öppen lucka", "/2026/lucka/13"],
  ["Luckan med tävlingen", "/2026/lucka/10"],
  ["Formuläret", "/2026/lucka/10/tavla"],
  ["Reglerna", "/2026/tavling/villkor"],
  ["Dragningen", "/2026/dragning"],
  ["Om kalendern", "/om"],
];

const browser = await puppeteer.launch({
  executablePath,
  headless: true,
  args: "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync".split(" "),
});
const page = await browser.newPage();
const flow = await startFlow(page);
for (const [name, path] of PAGES) await flow.navigate(site + path, { name });

await page.goto(site + "/2026/lucka/10/tavla");
await page.click("#answer-2");
await page.type("#email", "anna@example.org");
await page.select("#municipality", "1441");
await page.click("#adult");
await page.click("#rules");
await new Promise((resolve) => setTimeout(resolve, 2500)); // the form's time trap
await flow.navigate(() => page.click("main button"), { name: "Kvittot" });

const rows = (await flow.createFlowResult()).steps.map(({ name, lhr }) => {
  const faults = CATEGORIES.flatMap((category) => lhr.categories[category].auditRefs)
    .filter(({ id, weight }) => weight && lhr.audits[id].score !== null && lhr.audits[id].score < 0.9)
    .map(({ id }) => id);
  return { name, scores: CATEGORIES.map((category) => Math.round(lhr.categories[category].score * 100)), faults };
});
await browser.close();

const table = ["| Sida | Prestanda | Tillgänglighet | God praxis | SEO |", "|---|---:|---:|---:|---:|"];
for (const { name, scores } of rows) table.push(`| ${name} | ${scores.join(" | ")} |`);
writeFileSync(target, `# Lighthouse, mobilprofil\n\nGjord med \`make lighthouse\`.\n\n${table.join("\n")}\n`);
console.log(table.join("\n"));
for (const { name, faults } of rows) if (faults.length) console.log(name, faults.join(", "));
