// Reads pages, each a JSON string on a line, and writes what html-validate finds in each, a JSON list on a line.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { HtmlValidate } from "html-validate";

const validator = new HtmlValidate(JSON.parse(readFileSync(new URL("htmlvalidate.json", import.meta.url))));
for await (const line of createInterface({ input: process.stdin })) {
  const { results } = await validator.validateString(JSON.parse(line));
  const messages = results.flatMap((result) => result.messages);
  console.log(JSON.stringify(messages.map((found) => `${found.line}:${found.column} ${found.ruleId}: ${found.message}`)));
}
