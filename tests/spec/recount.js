// Runs check.js outside a browser: {"files": {name: base64}, "mailed": text} on stdin, what it says on stdout.
const fs = require("node:fs");
const vm = require("node:vm");

vm.runInThisContext(fs.readFileSync(process.argv[2], "utf-8"));
const cases = JSON.parse(fs.readFileSync(0, "utf-8"));

async function run({files, mailed}) {
  const bytes = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text, "base64")]));
  const steps = [];
  const draw = await recount(bytes, mailed, (right, name, sentence) => steps.push([right, name, sentence]), () => {});
  return {
    steps,
    verdict: verdict(draw),
    unchecked: draw.unchecked,
    addresses: draw.addresses ?? [],
    order: draw.order,
    where: whereIs(draw.counted[0] ?? "0", draw),
  };
}

(async () => {
  const said = [];
  for (const each of cases) said.push(await run(each));
  console.log(JSON.stringify(said));
})();
