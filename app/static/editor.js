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
    // The only way to put text in that the browser's own undo takes back.
    document.execCommand("insertText", false, line ? chosen.replace(/^/gm, line) : before + chosen + after);
    if (!line) text.setSelectionRange(start + before.length, start + before.length + chosen.length);
  });
}
