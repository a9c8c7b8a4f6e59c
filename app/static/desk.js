// On the page of the draw: a text is copied at a press, and the time until the draw follows its field.
for (const button of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
  const text = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    text.select();
    await navigator.clipboard.writeText(text.value);
    button.textContent = "Texten är kopierad";
  });
}
const field = document.querySelector("#draw_at");
const shown = document.querySelector("#tid-till-dragning");
const first = field?.valueAsNumber;
field?.addEventListener("input", () => {
  const minutes = Number(shown.dataset.minutes) + Math.floor((field.valueAsNumber - first) / 60000);
  if (minutes < 0 || Number.isNaN(minutes)) return (shown.textContent = "…");
  const words = minutes < 120 ? `${minutes} minut${minutes === 1 ? "" : "er"}` : `${Math.floor(minutes / 60)} timmar`;
  shown.textContent = words + (minutes < 1440 ? ", kortare än ett dygn" : "");
});
