// Moves focus to what matters after a form was sent; without script the page is the same, read from the top.
document.querySelector("#fel, #kvitto")?.focus();

// Copies the text of the element that a button names; without script, or without a clipboard, the button never shows.
for (const button of document.querySelectorAll("button[data-copies]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const status = button.parentElement.querySelector("[role=status]");
    try {
      await navigator.clipboard.writeText(document.querySelector(button.dataset.copies).textContent.trim());
      status.textContent = "Kopierat.";
    } catch {
      status.textContent = "Det gick inte. Markera texten och kopiera den för hand.";
    }
  });
}
