// Copies a text by a button beside it. Without script or clipboard there are no buttons, and the text can be marked.
if (navigator.clipboard) {
  const status = document.querySelector("#kopierat");
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = document.getElementById(button.dataset.copy);
      try {
        await navigator.clipboard.writeText(text.value);
        status.textContent = `Kopierat: ${text.labels[0].textContent}.`;
      } catch {
        text.select();
        status.textContent = "Det gick inte. Texten är markerad: kopiera den med Ctrl+C.";
      }
    });
  }
}
