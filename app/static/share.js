// Copies the address of the hatch; without script, or without a clipboard, the button never shows.
const button = document.querySelector("#dela");
if (button && navigator.clipboard) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const status = document.querySelector("#delad");
    try {
      await navigator.clipboard.writeText(location.href);
      status.textContent = "Länken är kopierad.";
    } catch {
      status.textContent = "Det gick inte. Kopiera adressen högst upp i webbläsaren.";
    }
  });
}
