"""Who comes out on the street in front of the house, one for each hatch that opens. The pictures are in templates."""

FIGURES = (
    "en gatlykta med snö",
    "en vandrare med ryggsäck och reflexväst",
    "en vintercyklist",
    "en gran med ljus",
    "en elbuss",
    "ett barn på spark",
    "en kvinna med rollator och reflex",
    "en spårvagn",
    "en hundägare på promenad",
    "en busshållplats med en som väntar",
    "en bil som fyra delar på",
    "en lådcykel med paket",
    "en vandrande skolbuss med lucia",
    "en granne som drar paketet på släde",
    "en rullstolsåkare med halsduk",
    "en elcykel med gran på pakethållaren",
    "en elskåpbil som ersatte fyra",
    "en skidåkare",
    "en färja på älven",
    "en pappa med barnvagn",
    "ett pendeltåg",
    "en elbil på laddning",
    "en tomte på sparkcykel",
    "en familj hand i hand med en lykta",
)
"""By hatch number, the first at index 0: what a person sees, for whoever does not see the picture."""
