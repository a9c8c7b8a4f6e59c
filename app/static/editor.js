// The editor's buttons and a preview as one types; without script the page has a button that shows the same.
for (const part of document.querySelectorAll("[data-preview]")) {
  const text = part.querySelector("textarea");
  const shown = part.querySelector(".preview .tip");
  let waiting, turn = 0;
  const preview = async () => {
    const mine = ++turn;
    try {
      const answer = await fetch(part.dataset.preview, { method: "POST", body: new URLSearchParams({ text: text.value }) });
      const html = await answer.text();
      // Slow answers may come in another order than they were asked for; a redirect is the way to the sign-in.
      if (answer.ok && !answer.redirected && mine === turn) shown.innerHTML = html;
    } catch {
      // Without a connection the last preview stays.
    }
  };
  text.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(preview, 250);
  });
  part.querySelector(".no-script").hidden = true;
  const tools = part.querySelector(".tools");
  tools.hidden = false;
  tools.addEventListener("click", ({ target }) => {
    const { before = "", after = "", line } = target.dataset;
    if (!before && !line) return;
    text.focus();
    if (line) text.selectionStart = text.value.lastIndexOf("\n", text.selectionStart - 1) + 1;
    const { selectionStart: start, selectionEnd: end } = text;
    const chosen = text.value.slice(start, end);
    // Pressed on what has it already, within the selection or around it, a button takes it away.
    const inner = chosen.length >= before.length + after.length && chosen.startsWith(before) && chosen.endsWith(after);
    const outer = text.value.slice(0, start).endsWith(before) && text.value.slice(end).startsWith(after);
    // One star is italics, and two that stand there are bold.
    const bold = before === "*" && /(^|[^*])\*\*$/.test(inner ? chosen.slice(0, 2) : text.value.slice(0, start));
    if (!line && !bold && (inner || outer)) {
      const from = inner ? start : start - before.length;
      const bare = inner ? chosen.slice(before.length, chosen.length - after.length) : chosen;
      text.setSelectionRange(from, inner ? end : end + after.length);
      document.execCommand("insertText", false, bare);
      text.setSelectionRange(from, from + bare.length);
      return;
    }
    // The only way to put text in that the browser's own undo takes back.
    document.execCommand("insertText", false, line ? chosen.replace(/^/gm, line) : before + chosen + after);
    if (!line) text.setSelectionRange(start + before.length, start + before.length + chosen.length);
  });
}

// A colour is written, or chosen beside.
for (const part of document.querySelectorAll(".colour")) {
  const text = part.querySelector("input");
  const picker = document.createElement("input");
  picker.type = "color";
  picker.ariaLabel = `Välj: ${part.querySelector("label").textContent}`;
  part.append(picker);
  // Where none is chosen it shows the calendar's own.
  const own = getComputedStyle(part).getPropertyValue(part.dataset.colour).trim();
  const follow = () => { picker.value = /^#[0-9a-f]{6}$/.test(text.value) ? text.value : own; };
  picker.addEventListener("input", () => { text.value = picker.value; });
  text.addEventListener("input", follow);
  follow();
}

// Asks before unsaved text is left. What stands in a form that was sent and came back is not saved either.
const form = document.querySelector("form[data-asks]");
if (form) {
  const said = () => new URLSearchParams(new FormData(form)).toString();
  const first = said();
  let sent = false;
  form.addEventListener("submit", ({ submitter }) => { sent = submitter?.formTarget !== "_blank"; });
  window.addEventListener("pageshow", () => { sent = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!sent && ("unsaved" in form.dataset || said() !== first)) event.preventDefault();
  });
}

// The whole hatch beside the form, where there is room; otherwise, and without script, a button opens it in a new tab.
const whole = document.querySelector(".whole-preview");
const wide = matchMedia("(min-width: 80rem)");
if (whole) {
  const frame = whole.querySelector("iframe");
  const status = whole.querySelector("[role=status]");
  let waiting, turn = 0, shown = "";
  const show = async () => {
    const body = new URLSearchParams(new FormData(form)).toString();
    if (!wide.matches || body === shown) return;
    const mine = ++turn;
    try {
      const answer = await fetch(whole.dataset.from, { method: "POST", body: new URLSearchParams(body) });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (answer.redirected || !answer.ok || mine !== turn) return;
      if (page.querySelector("#fel")) {
        const faults = [...page.querySelectorAll(".fault-summary li")].map((fault) => fault.textContent);
        status.textContent = faults.length ? `Visas när det här är rättat: ${faults.join(". ")}.` : "";
        return;
      }
      shown = body;
      status.textContent = "Inget är sparat.";
      for (const part of page.querySelectorAll("script, .skip, .preview-banner")) part.remove();
      const base = page.createElement("base");
      base.target = "_blank";
      page.head.prepend(base);
      const top = frame.contentWindow?.scrollY ?? 0;
      frame.onload = () => frame.contentWindow.scrollTo(0, top);
      frame.srcdoc = `<!doctype html>${page.documentElement.outerHTML}`;
    } catch {
      // Without a connection the last preview stays.
    }
  };
  const fit = () => {
    whole.hidden = !wide.matches;
    whole.parentElement.classList.toggle("has-whole", wide.matches);
    show();
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 400);
  });
  wide.addEventListener("change", fit);
  fit();
}
