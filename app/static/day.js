// A tab that was left open, and a page that the back button brings, are of the day when they were made: ask anew when
// that is over. The history's own entry remembers the day; it goes with the tab. Three seconds late, for clocks that are
// fast; open tabs look every fifth second, each at its own, so that they do not all ask at once.
const today = () => new Date(Date.now() - 3000).toLocaleDateString("sv-SE", { timeZone: "Europe/Stockholm" });
const remember = () => history.replaceState({ day: today() }, "");
const look = () => {
  if (history.state?.day && history.state.day !== today()) {
    remember();
    location.reload();
  }
};

if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") {
  look();
} else {
  remember();
}
addEventListener("pageshow", (event) => event.persisted && look());
const lookIfSeen = () => document.visibilityState === "visible" && look();
document.addEventListener("visibilitychange", lookIfSeen);
addEventListener("focus", lookIfSeen);
setInterval(lookIfSeen, 5000);
