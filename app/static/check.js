// Recomputes the draw from its four files, in the reader's own browser. The files come with the page, or the reader
// chooses them; nothing is fetched later and nothing is ever sent. Without script the page says how else to check.
const part = document.querySelector("#i-webblasaren");
const find = name => part.querySelector(`#${name}`);
const NAMES = ["lista.txt", "lasbevis.txt", "regler.txt", "protokoll.json"];
const PRACTICE = "drand-provdragning";
const SOURCES = {
  "drand-quicknet": "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
  [PRACTICE]: "397f075e7813f7f2b3f29902631fb9a2c75967a78b5b78d37067e815457cc739",
};
const HEX = "[0-9a-f]{64}", TIME = "[0-9-]{10}T[0-9:]{8}Z", NUMBER = "[1-9][0-9]{0,9}";
const PROOF = {
  "tavling": "\\S+", "last": TIME, "antal-med": "[0-9]+", "antal-strukna": "[0-9]+", "lista-sha256": HEX,
  "regler-sha256": HEX, "vinster": NUMBER, "kalla": "\\S+", "kedja": HEX, "runda": NUMBER, "tidpunkt": TIME,
};
const DRAWN = ["varde", "entropi", "fro", "dragen", "rangordning", "utfall"];
const REASONS = ["svarar inte", "tackar nej", "inte behörig", "återkallad"];
const files = {};

class Fault extends Error {}

function demand(holds, sentence) {
  if (!holds) throw new Fault(sentence);
}

function same(name, found, expected) {
  for (const [key, value] of Object.entries(expected)) {
    demand(found[key] === value, `${name}: ${key} är ${String(found[key]).slice(0, 80)} men ska vara ${value}.`);
  }
}

const bytes = text => new TextEncoder().encode(text);
const hex = data => Array.from(new Uint8Array(data), byte => byte.toString(16).padStart(2, "0")).join("");
const unhex = text => Uint8Array.from(text.match(/../g) ?? [], pair => parseInt(pair, 16));
const sha256 = async data => hex(await crypto.subtle.digest("SHA-256", data));
const pause = () => new Promise(resume => setTimeout(resume));

// Each step gives the sentence to show, or throws the one that says what is wrong; `draw` is what is known so far.
const ALWAYS = {
  async "Listan"(draw) {
    const lines = draw.texts["lista.txt"].split("\n");
    draw.contest = lines[1];
    demand(lines[0] === "oppen-dragning/v1/lista", "lista.txt: rad 1 ska vara oppen-dragning/v1/lista.");
    demand(lines.length > 2 && lines.at(-1) === "", "lista.txt: sista raden är inte hel.");
    const shape = new RegExp(`^${HEX} (med|struken)$`);
    for (let at = 2, above = ""; at < lines.length - 1; above = lines[at++].slice(0, 64)) {
      demand(shape.test(lines[at]), `lista.txt: rad ${at + 1} ska vara en lott och med eller struken.`);
      demand(lines[at].slice(0, 64) > above, `lista.txt: rad ${at + 1} står dubbelt eller i fel ordning.`);
      draw.tickets.set(lines[at].slice(0, 64), lines[at].endsWith(" med"));
      if (at % 20000 === 0) await pause();
    }
    draw.counted = [...draw.tickets.keys()].filter(ticket => draw.tickets.get(ticket));
    return `${draw.counted.length} lotter är med i dragningen, ${draw.tickets.size - draw.counted.length} är strukna.`;
  },
  async "Låsbeviset"(draw) {
    const rows = Object.entries(PROOF).map(([key, shape]) => `${key}: (${shape})\n`).join("");
    const found = draw.texts["lasbevis.txt"].match(new RegExp(`^oppen-dragning/v1/lasbevis\n${rows}$`));
    demand(found, "lasbevis.txt: ska vara en rubrik och elva hela rader efter mallen.");
    const proof = Object.fromEntries(Object.keys(PROOF).map((key, at) => [key, found[at + 1]]));
    same("lista.txt mot lasbevis.txt", proof, {
      "lista-sha256": await sha256(files["lista.txt"]),
      "tavling": draw.contest,
      "antal-med": String(draw.counted.length),
      "antal-strukna": String(draw.tickets.size - draw.counted.length),
    });
    same("regler.txt mot lasbevis.txt", proof, {"regler-sha256": await sha256(files["regler.txt"])});
    const moment = new Date((1692803367 + 3 * (proof.runda - 1)) * 1000).toISOString().replace(".000", "");
    same("lasbevis.txt", proof, {"kedja": SOURCES[proof.kalla], "tidpunkt": moment});
    demand(proof.last < proof.tidpunkt, "lasbevis.txt: listan låstes inte före slumptalet.");
    draw.proof = proof;
    return `Lista och regler är de som låstes ${proof.last}. Kontrollsumma ${draw.sum}.`;
  },
  async "Protokollet"(draw) {
    const text = draw.texts["protokoll.json"];
    const end = text.lastIndexOf(' "kontrollsumma": "');
    const seal = ` "kontrollsumma": "${await sha256(bytes(text.slice(0, Math.max(end, 0))))}"\n}\n`;
    demand(text.slice(end) === seal, "protokoll.json: filen är ändrad, kontrollsumman på sista raden stämmer inte.");
    draw.protocol = JSON.parse(text);
    same("protokoll.json", draw.protocol, {
      "format": "oppen-dragning/v1/protokoll",
      "tavling": draw.contest,
    });
    same("protokoll.json mot lasbevis.txt", draw.protocol, {
      "lasbevis_sha256": draw.sum,
      "lasbevis": draw.texts["lasbevis.txt"],
    });
    const parts = DRAWN.filter(key => key in draw.protocol).length;
    demand(parts % DRAWN.length === 0, "protokoll.json: en del av dragningen saknas.");
    draw.made = parts > 0;
    return draw.made ? "Det gäller samma lista och låsbevis." : "Dragningen är inte gjord än.";
  },
};
const WHEN_DRAWN = {
  async "Slumptalet"({proof, protocol: {varde, entropi}}) {
    const number = Number(proof.runda);
    demand(/^[0-9a-f]{96}$/.test(varde.signatur), "protokoll.json: signaturen ska vara 96 tecken, 0–9 och a–f.");
    const value = await sha256(unhex(varde.signatur));
    same("protokoll.json", varde, {"runda": number, "slumptal": value});
    same("protokoll.json", {entropi}, {"entropi": `${proof.kalla}:${number}:${value}`});
    if (proof.kalla === PRACTICE) return `${value}. Det kommer från en övningskälla och bevisar ingenting.`;
    return `${value}. Webbläsaren kan inte pröva signaturen: jämför med runda ${number} hos drand.`;
  },
  async "Fröet"(draw) {
    draw.seed = await sha256(bytes(`oppen-dragning/v1/fro\n${draw.sum}\n${draw.protocol.entropi}\n`));
    same("protokoll.json", draw.protocol, {"fro": draw.seed});
    return draw.seed;
  },
  async "Ordningen"(draw, progress) {
    const {counted, protocol: {rangordning}} = draw;
    const key = await crypto.subtle.importKey("raw", unhex(draw.seed), {name: "HMAC", hash: "SHA-256"}, false, ["sign"]);
    const rank = async ticket => `${hex(await crypto.subtle.sign("HMAC", key, unhex(ticket)))} ${ticket}`;
    for (let at = 0; at < counted.length; at += 500) {
      draw.order.push(...await Promise.all(counted.slice(at, at + 500).map(rank)));
      progress(at / counted.length);
      await pause();
    }
    draw.order.sort();
    demand(rangordning.length === counted.length, `protokoll.json: ordningen ska ha ${counted.length} platser.`);
    rangordning.forEach((place, at) => {
      const [nyckel, lott] = draw.order[at].split(" ");
      same(`protokoll.json, plats ${at + 1}`, place, {"plats": at + 1, lott, nyckel});
    });
    return `${counted.length} platser, alla omräknade.`;
  },
  async "Utfallet"({order, proof, protocol: {dragen, utfall}, winners}) {
    let time = proof.tidpunkt;
    [{tid: dragen}, ...utfall].forEach(({tid}) => {
      demand(new RegExp(`^${TIME}$`).test(tid) && tid >= time, "protokoll.json: tiderna följer inte på varandra.");
      time = tid;
    });
    utfall.forEach((each, at) => {
      const name = `protokoll.json, utfall ${at + 1}`;
      same(name, each, {"plats": at + 1, "lott": order[at]?.slice(65)});
      demand(winners.length < proof.vinster, `${name}: alla vinster är redan utdelade.`);
      const won = each.utfall === "vinnare" && !("skal" in each);
      demand(won || (each.utfall === "förbigången" && REASONS.includes(each.skal)), `${name}: finns inte i reglerna.`);
      if (won) winners.push(`plats ${at + 1}, lott ${each.lott}`);
    });
    return winners.length ? `Vinnare: ${winners.join("; ")}.` : "Ingen vinnare är bekräftad än.";
  },
};

async function recount(show, progress) {
  const texts = {};
  for (const [name, data] of Object.entries(files)) texts[name] = new TextDecoder("utf-8", {ignoreBOM: true}).decode(data);
  const sum = files["lasbevis.txt"] && await sha256(files["lasbevis.txt"]);
  const draw = {texts, sum, tickets: new Map(), counted: [], order: [], winners: [], faults: 0};
  const steps = Object.entries(files["protokoll.json"] ? ALWAYS : {"Listan": ALWAYS["Listan"]});
  for (const [name, step] of steps) {
    try {
      show(true, name, await step(draw, progress));
    } catch (error) {
      draw.faults += 1;
      show(false, name, error instanceof Fault ? error.message : "protokoll.json: ett värde saknas eller är av fel slag.");
    }
    if (name === "Protokollet" && draw.made && !draw.faults) steps.push(...Object.entries(WHEN_DRAWN));
  }
  return draw;
}

const status = find("rakna-svar"), steps = find("rakna-steg"), bar = find("rakna-framsteg"), field = find("rakna-lott");
const LONG = /([0-9a-f]{16,})/;
const say = sentence => status.replaceChildren(...inWords(sentence));
let busy = false;

// A sentence with its checksums and tickets as code.
function inWords(sentence) {
  return sentence.split(LONG).map(piece => {
    if (!LONG.test(piece)) return piece;
    const code = document.createElement("code");
    code.textContent = piece;
    return code;
  });
}

function show(right, name, sentence) {
  const item = document.createElement("li"), mark = document.createElement("strong");
  item.className = right ? "right" : "wrong";
  mark.textContent = right ? "✓ Stämmer." : "✗ Stämmer inte.";
  item.append(mark, ` ${name}: `, ...inWords(sentence));
  steps.append(item);
}

async function answer(told) {
  if (busy) return;
  busy = true;
  steps.replaceChildren();
  say("Räknar …");
  await loaded;
  const missing = part.dataset.needed.split(" ").filter(name => !files[name]);
  if (missing.length) {
    say(`Välj först de här filerna: ${missing.join(", ")}.`);
  } else {
    bar.hidden = false;
    say(told(await recount(show, share => { bar.value = share; })));
    bar.hidden = true;
  }
  busy = false;
}

function verdict(draw) {
  const practice = draw.proof?.kalla === PRACTICE ? "Övning: " : "";
  if (draw.faults) return `${practice}Det stämmer inte. Se vad som är fel här nedanför; stegen efter är inte räknade.`;
  if (!draw.made) return `${practice}Allt stämmer så långt. Dragningen är inte gjord än.`;
  return `${practice}Allt stämmer. ${draw.winners.length ? `Vinnare: ${draw.winners.join("; ")}.` : `Först i tur: ${draw.order[0]?.slice(65) ?? "ingen"}.`}`;
}

function whereIs(start, draw) {
  const found = [...draw.tickets.keys()].filter(ticket => ticket.startsWith(start));
  const doubt = draw.faults ? " Men filerna stämmer inte, se stegen." : "";
  if (!found.length) return `Nej, ingen lott i listan börjar så.${doubt}`;
  if (found.length > 1) return `${found.length} lotter börjar så. Skriv fler tecken.`;
  if (!draw.tickets.get(found[0])) return `Lotten ${found[0]} är struken och inte med i dragningen.${doubt}`;
  const at = draw.order.findIndex(each => each.endsWith(found[0]));
  return `Ja, lotten ${found[0]} är med${at < 0 ? "" : `, på plats ${at + 1} av ${draw.order.length}`}.${doubt}`;
}

async function load(address) {
  const reply = await fetch(address);
  if (reply.ok) files[address.split("/").pop()] = await reply.arrayBuffer();
}

find("rakna-om")?.addEventListener("click", () => answer(verdict));
find("rakna-sok").addEventListener("submit", event => {
  event.preventDefault();
  const start = field.value.replace(/\s/g, "").toLowerCase();
  if (/^[0-9a-f]{8,64}$/.test(start)) return answer(draw => whereIs(start, draw));
  say("Skriv minst de åtta första tecknen i din lott: siffror och bokstäverna a–f.");
  field.focus();
});
find("rakna-filer").addEventListener("change", async event => {
  for (const file of event.target.files) {
    const name = NAMES.find(each => file.name.startsWith(each.split(".")[0]));
    if (name) files[name] = await file.arrayBuffer();
  }
  say(`Valda filer: ${[...event.target.files].map(file => file.name).join(", ")}.`);
});

const able = Boolean(window.crypto?.subtle);
find(able ? "rakna" : "rakna-https").hidden = false;
find("rakna-utan").hidden = true;
const loaded = Promise.allSettled(able ? part.dataset.files.split(" ").filter(Boolean).map(load) : []);
