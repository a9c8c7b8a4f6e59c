// Says five minutes beforehand that the sign-in ends, and lets it go on with one press (WCAG 2.2.1).
const ending = document.querySelector(".ending");
const minutes = ending?.querySelector("span");
let endsAt = Date.now() + 1000 * Number(ending?.dataset.seconds);

function look() {
  const left = Math.ceil((endsAt - Date.now()) / 60000);
  const words = left > 1 ? `${left} minuter` : "en minut";
  ending.hidden = left > 5;
  if (minutes.textContent !== words) minutes.textContent = words;
  if (left <= 0) {
    ending.querySelector("p").textContent = "Du är utloggad. Det du skriver nu kan du skicka när du har loggat in igen.";
    ending.querySelector("button").hidden = true;
    clearInterval(watch);
  }
}

const watch = ending && setInterval(look, 1000);
ending?.querySelector("button").addEventListener("click", async () => {
  const answer = await fetch(ending.dataset.stillHere);
  const seconds = answer.redirected || !answer.ok ? 0 : (await answer.json()).seconds;
  endsAt = Date.now() + 1000 * seconds;
  ending.querySelector("button").hidden = seconds < 300; // twelve hours cannot be made longer
  look();
});
