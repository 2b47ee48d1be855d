"""What has to be said beside the numbers, in German and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.parking.benefit.settings import DAYS
from simulator.benefit.figures import CO2_KG_H, CO2_KG_KM
from simulator.benefit.worth import HIGH_RATES, LOW_RATES
from simulator.study.numbers import number

if TYPE_CHECKING:
    from api.parking.benefit.content import Benefit
    from simulator.study.numbers import Language


def how_to_read(benefit: Benefit, language: Language) -> tuple[str, ...]:
    """Sign of the differences, intervals, the share of obedient drivers."""
    level = number(100.0 * benefit.confidence, 0, language)
    if language == "de":
        return (
            (
                f"Modell: {benefit.label_de}. Zahlen sind Änderungen durch die Wegweiser (mit minus ohne) mit "
                "ihrem "
                f"{level}-%-Intervall: Minus heißt weniger. Jeder Fall lief mit denselben Startwerten, also mit "
                "denselben "
                "Fahrern zu denselben Zeiten; verglichen wird Paar für Paar."
            ),
            (
                "Was nicht gesichert ist, heißt „von 0 nicht zu unterscheiden“ und hat keinen Wert in Euro; in "
                "Klammern "
                "steht, in welchem Bereich die Änderung liegt. Die Zeit der Parkenden wird für sich beurteilt, "
                "die anderen "
                "Größen gemeinsam, und ebenso die Wegweiser untereinander (Holm)."
            ),
            (
                "κ ist der Anteil der Fahrer zu Parkanlagen, die Wegweiser beachten. In Deutschland nutzen 15 "
                "bis 20 % der "
                "Parkenden ein Parkleitsystem, und 94 % parken, wo sie wollten (BASt): 0,2 ist der übliche "
                "Fall, 0,5 und "
                "1,0 sind Obergrenzen. Im Alltag ist der Hebel klein; davon geht auch das Modell aus: Wer seine "
                "Anlage nicht "
                "als besetzt angezeigt sieht, fährt hin."
            ),
            (
                "Ein einzelner Wegweiser wird daran gemessen, was ohne ihn anders wäre, wenn alle anderen "
                "bleiben. Weil sie "
                "sich vertreten, ist die Summe der einzelnen nicht der Nutzen aller."
            ),
        )
    return (
        (
            f"Model: {benefit.label_en}. Numbers are changes by the signs (with minus without) with their "
            f"{level} % interval: "
            "minus is less. Each case ran with the same seeds, so with the same drivers at the same times; they "
            "are compared "
            "pair by pair."
        ),
        (
            "What is not established is called “not distinguishable from 0” and has no value in euros; the "
            "range in which "
            "the change lies stands in brackets. The time of parkers is judged alone, the other figures "
            "together, and so "
            "are the signs among each other (Holm)."
        ),
        (
            "κ is the share of the drivers to facilities who obey signs. In Germany 15 to 20 % of those who "
            "park use a guidance "
            "system, and 94 % park where they wanted (BASt): 0.2 is the usual case, 0.5 and 1.0 are upper "
            "limits. On ordinary "
            "days the lever is small, and the model says so too: who does not see his facility shown as full "
            "drives there."
        ),
        (
            "A single sign is measured by what would be different without it while all others stay. As they "
            "stand in for each "
            "other, the sum of single signs is not the benefit of all."
        ),
    )


def value_notes(language: Language) -> tuple[str, ...]:
    """All that the values per year are multiplied with."""
    low, high = LOW_RATES, HIGH_RATES
    days = {name: f"{per_year.low:g}-{per_year.high:g}" for name, (_, per_year) in DAYS.items()}
    km, hour = number(CO2_KG_KM, 2, language), number(CO2_KG_H, 1, language)
    running = number(low.running_eur_km, 2, language), number(high.running_eur_km, 2, language)
    if language == "de":
        return (
            (
                f"Alles Annahmen: {days['normal']} Werktage, {days['saturday']} Samstage, {days['fair']} "
                "Messesamstage im Jahr; "
                f"{low.time_eur_h:g} bis {high.time_eur_h:g} € je Stunde eines Parkenden im Auto oder zu Fuß; "
                f"{running[0]} bis {running[1]} € Betriebskosten je km; {low.co2_eur_t:g} € (CO₂-Preis 2025) bis "
                f"{high.co2_eur_t:g} € (Größenordnung der Klimakosten des Umweltbundesamts) je t CO₂. Die "
                "Spanne reicht vom "
                "ungünstigsten Ende (kleine Sätze, wenige Tage, unteres Ende des Intervalls) bis zum günstigsten."
            ),
            (
                "Gezählt werden nur die simulierten Stunden, und nur die Parkenden: Der Zeitverlust des ganzen "
                "Verkehrs "
                "enthält ihren und wird nicht dazugezählt. Kosten der Anlage, Unterhalt und Strom stehen hier "
                "nicht."
            ),
            (
                f"CO₂: {km} kg je gefahrenen km (7,4 l/100 km mal 2,4 kg/l) und {hour} kg je verlorener Stunde "
                "(0,8 l/h); "
                "eine Schätzung, die Wegen und Wartezeiten folgt, kein Emissionsmodell."
            ),
        )
    return (
        (
            f"All of it assumed: {days['normal']} weekdays, {days['saturday']} Saturdays, {days['fair']} "
            "trade-fair Saturdays a "
            f"year; {low.time_eur_h:g} to {high.time_eur_h:g} € an hour of a parker in the car or on foot; "
            f"{running[0]} to "
            f"{running[1]} € running costs a km; {low.co2_eur_t:g} € (German CO₂ price of 2025) to "
            f"{high.co2_eur_t:g} € (order "
            "of the climate costs of the German Environment Agency) a tonne of CO₂. The range goes from the "
            "least favourable end "
            "(low rates, few days, low end of the interval) to the most favourable."
        ),
        (
            "Only the simulated hours count, and only parkers: the delay of all traffic contains theirs and is "
            "not added. Costs "
            "of the system, upkeep and power are not here."
        ),
        (
            f"CO₂: {km} kg a km driven (7.4 l/100 km times 2.4 kg/l) and {hour} kg an hour lost (0.8 l/h); an "
            "estimate that "
            "follows distances and waiting times, not an emission model."
        ),
    )


def limits(language: Language) -> tuple[str, ...]:
    """Where the model is simpler than the town."""
    if language == "de":
        return (
            (
                "Wartende stehen neben der Straße: Rückstau aus einer vollen Einfahrt in den Verkehr ist nicht "
                "modelliert. An "
                "vollen Tagen fehlt damit ein Nutzen der Wegweiser, der größer sein kann als alles Gezeigte."
            ),
            (
                "Wer keinen Platz findet, wartet im Mittel bis zu zwei Minuten, versucht bis zu drei Anlagen im "
                "Umkreis von 800 m "
                "um sein Ziel (P+R: auch andere P+R-Anlagen) und parkt dann privat, ohne weiter zu suchen. Wer "
                "danach am "
                "Straßenrand sucht, kommt nicht vor; vergebliche Fahrten sind gezählt, aber nicht bewertet."
            ),
            (
                "Wegweiser ziehen niemanden an, der nicht in eine volle Anlage wollte, und nennen Autofahrern im "
                "Straßenparken nichts. Ein dunkler Wegweiser ändert nicht, was die Zentrale den anderen sagt."
            ),
            "Parkwunsch an Samstagen und Messetagen ist angenommen; dazu die Beschreibung der Szenarien.",
        )
    return (
        (
            "Those who wait stand beside the street: a queue from a full entry into the traffic is not "
            "modelled. On full days "
            "that leaves out a benefit of signs which can be larger than all that is shown."
        ),
        (
            "Who finds no place waits up to two minutes on average, tries up to three facilities within 800 m "
            "of where he "
            "wanted to be (park-and-ride: other such sites too) and then parks privately without further "
            "search. Nobody looks "
            "for a place at the kerb after that; wasted trips are counted, but not valued."
        ),
        (
            "Signs attract nobody who did not want to park in a full facility, and tell those who park in the "
            "street nothing. "
            "A dark sign does not change what the centre tells the others."
        ),
        "The wish to park on Saturdays and fair days is assumed; see the description of the scenarios.",
    )
