"""Who comes out on the street in front of the house, one for each hatch that opens. The pictures are in templates."""

FIGURES = (
    "en gatlykta med snö på",
    "en vandrare med ryggsäck och reflexväst",
    "en vintercyklist",
    "en gran med ljus",
    "en blå elbuss",
    "ett barn på spark",
    "en person med rollator",
    "en spårvagn",
    "en som rastar hunden",
    "en som väntar vid hållplatsen",
    "fyra som samåker",
    "en lådcykel med paket",
    "ett luciatåg på väg till skolan",
    "en som drar en pulka med paket",
    "en rullstolsåkare med halsduk",
    "en elcykel med gran på pakethållaren",
    "en elskåpbil",
    "en skidåkare",
    "en färja",
    "en som går med barnvagn",
    "ett pendeltåg",
    "en elbil som laddar",
    "en tomte på sparkcykel",
    "en familj med lykta",
)
"""By hatch number, the first at index 0: what a person sees, for whoever does not see the picture."""
