// Recomputes a draw from its files, in the reader's own browser. The files come with the page, or the reader chooses
// them; nothing is fetched later and nothing is ever sent. It cannot check the BLS signature, so it never says that
// everything is right: it says that the computation is, what was not checked, and how to check that.
const TEXTS = ["tavling.txt", "regler.txt", "lista.txt", "lasbevis.txt"];
const NAMES = [...TEXTS, "logg.txt", "protokoll.json"];
const DRAWN = ["signatur", "slumptal", "fro", "ordning", "forbigangna", "vinnare", "mejl"];
const PRACTICE = "drand-provdragning";
// Source: chain, seconds from locking to round, rounds in one step.
const SOURCES = {
  "drand-quicknet": ["52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971", 120, 201600],
  [PRACTICE]: ["397f075e7813f7f2b3f29902631fb9a2c75967a78b5b78d37067e815457cc739", 10, 20],
};
const RELAYS = ["api.drand.sh", "api2.drand.sh", "api3.drand.sh", "drand.cloudflare.com"];
const HEX = "[0-9a-f]{64}", TIME = "[0-9]{4}(?:-[0-9]{2}){2}T[0-9]{2}(?::[0-9]{2}){2}Z", ID = "[a-z0-9-]{3,60}";
const NUMBER = "[1-9][0-9]{0,15}", COUNT = "(?:0|[1-9][0-9]{0,15})";
const TERMS = {
  "tavling": ID, "oppnar": TIME, "stanger": TIME, "regler-sha256": HEX, "svar-sha256": HEX, "vinster": NUMBER,
  "kalla": ID, "kedja": HEX, "runda": NUMBER, "tidpunkt": TIME,
};
const PROOF = {
  "tavling": ID, "tavling-sha256": HEX, "last": TIME, "logg": `${COUNT} ${HEX}`, "antal-med": COUNT,
  "antal-strukna": COUNT, "lista-sha256": HEX, "svar": "[^\n]+", "salt": "[0-9a-f]{32}", "runda": NUMBER,
  "tidpunkt": TIME,
};
const REASONS = ["svarar inte", "tackar nej", "inte behörig", "återkallad"];
const GENESIS = 1692803367, PERIOD = 3, MOST_STEPS = 4;

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
const sumOf = (...lines) => sha256(bytes(lines.map(line => `${line}\n`).join("")));
const pause = () => new Promise(resume => setTimeout(resume));
const timeOf = round => new Date((GENESIS + PERIOD * (round - 1)) * 1000).toISOString().replace(".000", "");

function fields(name, text, shapes) {
  const rows = Object.entries(shapes).map(([key, shape]) => `${key}: (${shape})\n`).join("");
  const found = text.match(new RegExp(`^oppen-dragning/v2/${name.slice(0, -4)}\n${rows}$`));
  demand(found, `${name}: ska vara en rubrik och ${Object.keys(shapes).length} hela rader efter mallen.`);
  return Object.fromEntries(Object.keys(shapes).map((key, at) => [key, found[at + 1]]));
}

// RFC 8785 for flat records of strings and integers.
function canonical(record) {
  return JSON.stringify(Object.fromEntries(Object.keys(record).sort().map(key => [key, record[key]])));
}

// Each step gives the sentence to show, or throws the one that says what is wrong; `draw` is what is known so far.
const STEPS = {
  async "Listan"(draw) {
    const lines = draw.texts["lista.txt"].split("\n"), shape = new RegExp(`^${HEX} (med|struken)$`);
    demand(lines[0] === "oppen-dragning/v2/lista", "lista.txt: rad 1 ska vara oppen-dragning/v2/lista.");
    demand(lines.length > 2 && lines.at(-1) === "", "lista.txt: sista raden är inte hel.");
    for (let at = 2, above = ""; at < lines.length - 1; above = lines[at++].slice(0, 64)) {
      demand(shape.test(lines[at]), `lista.txt: rad ${at + 1} ska vara en lott och med eller struken.`);
      demand(lines[at].slice(0, 64) > above, `lista.txt: rad ${at + 1} står dubbelt eller i fel ordning.`);
      draw.tickets.set(lines[at].slice(0, 64), lines[at].endsWith(" med"));
      if (at % 20000 === 0) await pause();
    }
    draw.contest = lines[1];
    draw.counted = [...draw.tickets.keys()].filter(ticket => draw.tickets.get(ticket));
    return `${draw.counted.length} lotter är med i dragningen, ${draw.tickets.size - draw.counted.length} är strukna.`;
  },
  async "Villkoren"(draw) {
    const terms = draw.terms = fields("tavling.txt", draw.texts["tavling.txt"], TERMS);
    same("tavling.txt", terms, {
      "tavling": draw.contest,
      "regler-sha256": draw.sums["regler.txt"],
      "kedja": SOURCES[terms.kalla]?.[0] ?? "en känd källas",
      "tidpunkt": timeOf(terms.runda),
    });
    return `Bestämda ${terms.oppnar}, innan slumptalet fanns.`;
  },
  async "Låsbeviset"(draw) {
    const {terms} = draw, proof = fields("lasbevis.txt", draw.texts["lasbevis.txt"], PROOF);
    const [, lead, step] = SOURCES[terms.kalla];
    same("lasbevis.txt", proof, {
      "tavling": draw.contest,
      "tavling-sha256": draw.sums["tavling.txt"],
      "lista-sha256": draw.sums["lista.txt"],
      "antal-med": String(draw.counted.length),
      "antal-strukna": String(draw.tickets.size - draw.counted.length),
      "tidpunkt": timeOf(proof.runda),
    });
    const sealed = await sumOf("oppen-dragning/v2/svar", draw.contest, proof.svar, proof.salt);
    same("tavling.txt mot lasbevis.txt", terms, {"svar-sha256": sealed});
    const times = [terms.oppnar, terms.stanger, proof.last, proof.tidpunkt];
    demand(times.every((time, at) => !at || times[at - 1] <= time), "lasbevis.txt: tiderna följer inte på varandra.");
    const steps = (proof.runda - terms.runda) / step;
    const room = (Date.parse(proof.tidpunkt) - Date.parse(proof.last)) / 1000;
    const allowed = Number.isInteger(steps) && steps >= 0 && steps <= MOST_STEPS;
    demand(allowed, "lasbevis.txt: rundan är ingen som villkoren tillåter.");
    demand(room >= lead, `lasbevis.txt: listan låstes inte ${lead} sekunder före slumptalet.`);
    if (steps && room >= lead + PERIOD * step) {
      draw.unchecked.push("Rundan: tiden för låsningen räckte för en tidigare. Fråga arrangören varför den flyttades.");
    }
    draw.proof = proof;
    const moved = steps ? ` Slumptalet är flyttat ${steps} steg framåt, till ${proof.tidpunkt}.` : "";
    return `Listan låstes ${proof.last}. Kontrollsumma ${draw.sums["lasbevis.txt"]}.${moved}`;
  },
  async "Loggen"(draw) {
    const lines = draw.texts["logg.txt"]?.split("\n");
    if (!lines) return "Filen logg.txt är inte med och är inte omräknad.";
    const [locked, lockedHead] = draw.proof.logg.split(" ");
    let head = "0".repeat(64), entered = 0;
    const told = {};
    demand(lines.pop() === "" && lines.length > locked, "logg.txt: är inte hel.");
    for (const [at, line] of lines.entries()) {
      if (at === Number(locked)) demand(head === lockedHead, "lasbevis.txt: logg är inte loggens kontrollsumma.");
      const record = JSON.parse(line.slice(65)), plain = canonical(record);
      head = await sumOf("oppen-dragning/v2/logg", head, plain);
      demand(line === `${head} ${plain}` && record.nr === at + 1, `logg.txt: rad ${at + 1} är ändrad eller står fel.`);
      demand(record.typ !== "bidrag" || at < locked, "logg.txt: ett bidrag kom efter låsningen.");
      entered += record.typ === "bidrag";
      told[record.typ] = record;
      if (at % 2000 === 0) await pause();
    }
    same("logg.txt", told.last ?? {}, {"nr": Number(locked) + 1, "lasbevis": draw.sums["lasbevis.txt"]});
    demand(entered === draw.tickets.size, `logg.txt: ${entered} bidrag, men ${draw.tickets.size} lotter i listan.`);
    if (draw.protocol) same("logg.txt", told.dragen ?? {}, {"fro": draw.protocol.fro});
    return `${lines.length} poster, hela kedjan är omräknad.`;
  },
};
const WHEN_DRAWN = {
  async "Slumptalet"(draw) {
    const {terms, proof, protocol} = draw, number = Number(proof.runda);
    demand(/^[0-9a-f]{96}$/.test(protocol.signatur), "protokoll.json: signaturen ska vara 96 tecken, 0–9 och a–f.");
    draw.value = await sha256(unhex(protocol.signatur));
    same("protokoll.json", protocol, {"slumptal": draw.value});
    draw.unchecked.push(terms.kalla === PRACTICE
      ? "ÖVNING: slumptalet kommer från en övningskälla och bevisar ingenting."
      : `Signaturen: webbläsaren kan inte pröva den. Kontrollera att runda ${number} har samma slumptal här:`);
    if (terms.kalla !== PRACTICE) draw.addresses = RELAYS.map(host => `https://${host}/${terms.kedja}/public/${number}`);
    return `${draw.value}, runda ${number}.`;
  },
  async "Fröet"(draw) {
    const {terms, proof, value} = draw, entropy = `${terms.kalla}:${Number(proof.runda)}:${value}`;
    draw.seed = await sumOf("oppen-dragning/v2/fro", draw.sums["lasbevis.txt"], entropy);
    same("protokoll.json", draw.protocol, {"fro": draw.seed});
    return draw.seed;
  },
  async "Ordningen"(draw, progress) {
    const {counted, protocol: {ordning}} = draw;
    const key = await crypto.subtle.importKey("raw", unhex(draw.seed), {name: "HMAC", hash: "SHA-256"}, false, ["sign"]);
    const rank = async ticket => `${hex(await crypto.subtle.sign("HMAC", key, unhex(ticket)))} ${ticket}`;
    const ranks = [];
    for (let at = 0; at < counted.length; at += 500) {
      ranks.push(...await Promise.all(counted.slice(at, at + 500).map(rank)));
      progress(at / counted.length);
      await pause();
    }
    draw.order = ranks.sort().map(each => each.slice(65));
    demand(ordning.length === counted.length, `protokoll.json: ordningen ska ha ${counted.length} platser.`);
    const wrong = draw.order.findIndex((ticket, at) => ordning[at] !== ticket);
    demand(wrong < 0, `protokoll.json: ordningen är en annan från plats ${wrong + 1}.`);
    return `${counted.length} platser, alla omräknade.`;
  },
  async "Utfallet"({order, proof, terms, protocol: {forbigangna, vinnare}, winners}) {
    const won = vinnare.map(each => ({...each, skal: null, brev: null}));
    demand(forbigangna.every(each => REASONS.includes(each.skal)), "protokoll.json: ett skäl finns inte i reglerna.");
    let skipped = 0, above = 0;
    for (const each of [...forbigangna, ...won].sort((one, other) => one.plats - other.plats)) {
      const {plats, skal, tid, brev} = each, name = `protokoll.json, plats ${plats}`;
      const turn = plats > above && plats <= Math.min(Number(terms.vinster) + skipped, order.length);
      demand(Number.isInteger(plats) && turn, `${name}: stod inte på tur, eller är avgjord två gånger.`);
      const times = [proof.tidpunkt, brev ?? tid, tid], shape = new RegExp(`^${TIME}$`);
      const inOrder = times.every((time, at) => shape.test(time) && (!at || times[at - 1] <= time));
      demand(inOrder, `${name}: fel följd i tiderna.`);
      demand(!skal || brev || skal === "återkallad", `${name}: inget brev gick till den som förbigicks.`);
      if (!skal) same(name, each, {"lott": order[plats - 1]});
      if (!skal) winners.push(`plats ${plats}, lott ${each.lott}`);
      skipped += skal ? 1 : 0;
      above = plats;
    }
    return winners.length ? `Vinnare: ${winners.join("; ")}.` : "Ingen vinnare är bekräftad än.";
  },
};

// `mailed` is what was typed as the checksum out of a lock mail; `show` is told of every step.
async function recount(files, mailed, show, progress) {
  const draw = {texts: {}, sums: {}, tickets: new Map(), counted: [], order: [], winners: [], faults: 0, unchecked: []};
  const decode = data => new TextDecoder("utf-8", {ignoreBOM: true, fatal: true}).decode(data);
  const all = {...files}, checksum = mailed.replace(/\s/g, "").toLowerCase();
  const run = async (name, step) => {
    try {
      show(true, name, await step(draw, progress));
    } catch (error) {
      draw.faults += 1;
      show(false, name, error instanceof Fault ? error.message : "ett värde saknas eller är av fel slag.");
    }
  };
  await run("Filerna", async () => {
    if (all["protokoll.json"]) {
      const protocol = JSON.parse(decode(all["protokoll.json"]));
      demand([...TEXTS, ...DRAWN].every(name => name in protocol), "protokoll.json: en del av protokollet saknas.");
      for (const name of TEXTS) {
        const text = bytes(protocol[name]);
        demand(!all[name] || hex(all[name]) === hex(text), `${name}: filen är inte den som står i protokoll.json.`);
        all[name] = text;
      }
      draw.protocol = protocol;
    }
    const missing = TEXTS.filter(name => !all[name]);
    demand(!missing.length, `Det saknas: ${missing.join(", ")}.`);
    for (const [name, data] of Object.entries(all)) draw.sums[name] = await sha256(data);
    for (const [name, data] of Object.entries(all)) draw.texts[name] = decode(data);
    return Object.keys(all).join(", ");
  });
  for (const [name, step] of Object.entries(STEPS)) if (!draw.faults) await run(name, step);
  if (draw.protocol && !draw.faults) {
    for (const [name, step] of Object.entries(WHEN_DRAWN)) if (!draw.faults) await run(name, step);
  } else if (!draw.faults) {
    draw.unchecked.push("Dragningen: den är inte gjord än, eller så är protokoll.json inte med.");
  }
  if (new RegExp(`^${HEX}$`).test(checksum)) {
    if (!draw.faults) await run("Kontrollsumman", async () => {
      demand(checksum === draw.sums["lasbevis.txt"], "Kontrollsumman i ditt mejl är inte låsbevisets. Spara mejlet.");
      return "Den i ditt mejl är låsbevisets.";
    });
  } else {
    draw.unchecked.push("Kontrollsumman: skriv alla 64 tecken ur mejlet som du fick före slumptalet.");
  }
  return draw;
}

// Never more than was checked.
function verdict(draw) {
  if (draw.faults) return "Det stämmer inte. Se vad som är fel här nedanför; stegen efter är inte räknade.";
  const first = draw.order.length ? `Först i tur: ${draw.order[0]}.` : "";
  const result = draw.winners.length ? `Vinnare: ${draw.winners.join("; ")}.` : first;
  return `Räkningen stämmer. ${result} Det här är inte kontrollerat:`.replace("  ", " ");
}

function whereIs(start, draw) {
  const found = [...draw.tickets.keys()].filter(ticket => ticket.startsWith(start));
  const doubt = draw.faults ? " Men filerna stämmer inte, se stegen." : "";
  if (!found.length) return `Nej, ingen lott i listan börjar så.${doubt}`;
  if (found.length > 1) return `${found.length} lotter börjar så. Skriv fler tecken.`;
  if (!draw.tickets.get(found[0])) return `Lotten ${found[0]} är struken och inte med i dragningen.${doubt}`;
  const at = draw.order.indexOf(found[0]);
  return `Ja, lotten ${found[0]} är med${at < 0 ? "" : `, på plats ${at + 1} av ${draw.order.length}`}.${doubt}`;
}

function start(part) {
  const find = name => part.querySelector(`#${name}`);
  const status = find("rakna-svar"), steps = find("rakna-steg"), open = find("rakna-kvar");
  const bar = find("rakna-framsteg"), field = find("rakna-lott"), mailed = find("rakna-kontrollsumma");
  const files = {};
  const LONG = /([0-9a-f]{16,})/;
  let busy = false;

  // A sentence with its checksums and tickets as code.
  const inWords = sentence => sentence.split(LONG).map(piece => {
    if (!LONG.test(piece)) return piece;
    const code = document.createElement("code");
    code.textContent = piece;
    return code;
  });

  const say = sentence => status.replaceChildren(...inWords(sentence));

  function item(...content) {
    const found = document.createElement("li");
    found.append(...content);
    return found;
  }

  function link(address) {
    const found = document.createElement("a");
    found.href = address;
    found.rel = "noreferrer";
    found.textContent = new URL(address).host;
    return found;
  }

  function show(right, name, sentence) {
    const mark = document.createElement("strong"), found = item(mark, ` ${name}: `, ...inWords(sentence));
    found.className = right ? "right" : "wrong";
    mark.textContent = right ? "✓ Stämmer." : "✗ Stämmer inte.";
    steps.append(found);
  }

  function showUnchecked({faults, unchecked, addresses = []}) {
    if (faults) return;
    for (const sentence of unchecked) {
      const links = sentence.startsWith("Signaturen") ? addresses.flatMap(address => [" ", link(address)]) : [];
      open.append(item(sentence, ...links));
    }
  }

  async function answer(told, lists = false) {
    if (busy) return;
    busy = true;
    steps.replaceChildren();
    open.replaceChildren();
    say("Räknar …");
    await loaded;
    bar.hidden = false;
    const draw = await recount(files, mailed.value, show, share => { bar.value = share; });
    bar.hidden = true;
    say(told(draw));
    if (lists) showUnchecked(draw);
    busy = false;
  }

  async function load(address) {
    const reply = await fetch(address);
    if (reply.ok) files[address.split("/").pop()] = await reply.arrayBuffer();
  }

  find("rakna-om").addEventListener("click", () => answer(verdict, true));
  find("rakna-sok").addEventListener("submit", event => {
    event.preventDefault();
    const begins = field.value.replace(/\s/g, "").toLowerCase();
    if (/^[0-9a-f]{8,64}$/.test(begins)) return answer(draw => whereIs(begins, draw));
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
}

if (typeof document !== "undefined") start(document.querySelector("#i-webblasaren"));
