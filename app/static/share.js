// Shares the hatch: with the share sheet where there is one, else by copying its address. Without either, no button.
const button = document.querySelector("#dela");
if (button && (navigator.share || navigator.clipboard)) {
  if (!navigator.share) button.textContent = "Kopiera länken";
  button.hidden = false;
  button.addEventListener("click", async () => {
    const status = document.querySelector("#delad");
    const url = document.querySelector("link[rel=canonical]").href;
    try {
      if (navigator.share) await navigator.share({ title: document.querySelector("h1").textContent, url });
      else {
        await navigator.clipboard.writeText(url);
        status.textContent = "Länken är kopierad.";
      }
    } catch (error) {
      if (error.name !== "AbortError") status.textContent = "Det gick inte. Kopiera adressen högst upp i webbläsaren.";
    }
  });
}
