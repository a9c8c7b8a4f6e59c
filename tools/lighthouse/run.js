// Lighthouse on a phone profile, over the pages that matter, the median of three rounds. Writes docs/lighthouse.md.
// Usage: node run.js http://127.0.0.1:5000 path/to/lighthouse.md path/to/chromium
import { writeFileSync } from "node:fs";
import puppeteer from "puppeteer-core";
import { startFlow } from "lighthouse";

const [site, target, executablePath] = process.argv.slice(2);
const ROUNDS = 3;
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

async function launched() {
  const args = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
  return puppeteer.launch({ executablePath, headless: true, args: args.split(" ") });
}

async function receipt(page, flow) {
  await page.goto(site + "/2026/lucka/10/tavla");
  await page.click("#answer-2");
  await page.type("#email", "anna@example.org");
  await page.select("#municipality", "1441");
  await page.click("#adult");
  await page.click("#rules");
  await new Promise((resolve) => setTimeout(resolve, 2500)); // the form's time trap
  await flow.navigate(() => page.click("main button"), { name: "Kvittot" });
}

const VISITS = PAGES.map(([name, path]) => (page, flow) => flow.navigate(site + path, { name }));
const found = new Map();
for (let round = 0; round < ROUNDS; round++) {
  for (const visit of [...VISITS, receipt]) {
    // A browser of its own for each, as somebody has who comes to that page: one that has seen seven is slower.
    const browser = await launched();
    const page = await browser.newPage();
    const flow = await startFlow(page);
    await visit(page, flow);
    for (const { name, lhr } of (await flow.createFlowResult()).steps) {
      const scores = CATEGORIES.map((category) => Math.round(lhr.categories[category].score * 100));
      found.set(name, [...(found.get(name) ?? []), scores]);
    }
    await browser.close();
  }
}
const middle = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const rows = [...found].map(([name, rounds]) => ({ name, scores: CATEGORIES.map((_, at) => middle(rounds.map((scores) => scores[at]))) }));
const table = ["| Sida | Prestanda | Tillgänglighet | God praxis | SEO |", "|---|---:|---:|---:|---:|"];
for (const { name, scores } of rows) table.push(`| ${name} | ${scores.join(" | ")} |`);
writeFileSync(target, `# Lighthouse, mobilprofil\n\nGjord med \`make lighthouse\`: medianen av tre varv.\n\n${table.join("\n")}\n`);
console.log(table.join("\n"));
