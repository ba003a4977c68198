"""What stands in the tables of each plan, and which offers are counted for it.

Ids are those of the catalogue; titles are ``extract.title.<plan>`` and ``extract.sheet.<table>``.
"""

from __future__ import annotations

from dataclasses import dataclass

from sozialraum.indicators.offer_counts import Measure

_YOUTH = ("11", "12", "13", "13a", "14", "16")
_YOUTH_LAWS = tuple(f"SGB VIII § {p}" for p in ("11", "12", "13", "13a", "14", "15", "16"))
_YOUTH_CATEGORIES = ("jugend", "jugendarbeit", "familienbildung")
_KITA = ("kita",)
_OLD = ("altenhilfe", "begegnung")
_OLD_LAWS = ("SGB XII § 71", "SGB XI § 7a", "SGB XI § 7c")
_MIND = ("psychiatrie",)
_MIND_LAWS = ("PsychKG",)


@dataclass(frozen=True, slots=True)
class Plan:
    """The tables of a plan.

    Attributes
    ----------
    sheets : dict of str to tuple of str
        Ids of indicators by key of the table's title.
    measures : tuple of Measure
        What is counted of the offers.
    series : bool
        Whether the tables show every Datenstand.
    """

    sheets: dict[str, tuple[str, ...]]
    measures: tuple[Measure, ...] = ()
    series: bool = False


def _amounts(categories: tuple[str, ...], *named: tuple[str, str, str]) -> tuple[Measure, ...]:
    """Give for each column its sum and the number of offers that do not state it."""
    made = []
    for indicator, column, lacking in named:
        made.append(Measure(indicator, column, categories))
        made.append(Measure(lacking, column, categories, without=True))
    return tuple(made)


PLANS = {
    "kinder_jugend_familie": Plan(
        {
            "junge_menschen": (
                "einwohner_6_27", "anteil_6_27", "einwohner_6_10", "einwohner_10_14", "einwohner_14_18",
                "einwohner_18_27",
            ),
            "jugendarbeit": (
                "jugendarbeit_angebote", "jugendarbeit_angebote_je_1000",
                *(f"angebote_sgb8_{p}" for p in _YOUTH), "jugendarbeit_ohne_rechtsgrundlage",
            ),
            "fachkraefte": (
                "jugendarbeit_fachkraefte", "jugendarbeit_fachkraefte_je_1000",
                "schulsozialarbeit_stellen", "jugendarbeit_ohne_stellen",
            ),
            "lage_junger_menschen": (
                "kinder_sgb2", "kinderarmut_sgb2", "arbeitslose_u25", "jugendarbeitslosenanteil",
                "hze_faelle", "hze_je_1000", "haushalte_alleinerziehend", "alleinerziehendenquote",
            ),
            "foerderung": ("foerderung_je_6_27",),
        },
        (
            Measure("jugendarbeit_angebote", "", _YOUTH_CATEGORIES, _YOUTH_LAWS),
            *(Measure(f"angebote_sgb8_{p}", "", (), (f"SGB VIII § {p}",)) for p in _YOUTH),
            Measure("jugendarbeit_fachkraefte", "fte", _YOUTH_CATEGORIES, _YOUTH_LAWS),
            Measure("jugendarbeit_ohne_stellen", "fte", _YOUTH_CATEGORIES, _YOUTH_LAWS, without=True),
            Measure("jugendarbeit_ohne_rechtsgrundlage", "law", _YOUTH_CATEGORIES, without=True),
            Measure("schulsozialarbeit_stellen", "fte", ("schulsozialarbeit",), ("SGB VIII § 13a",)),
        ),
    ),
    "tagesbetreuung": Plan(
        {
            "kinder": (
                "einwohner_0_1", "einwohner_1_2", "einwohner_2_3", "einwohner_0_3", "einwohner_3_6",
                "einwohner_3_6_5", "einwohner_0_6", "einwohner_6_10",
            ),
            "plaetze": (
                "kita_einrichtungen", "kita_plaetze_genehmigt", "kita_plaetze_belegbar",
                "kita_plaetze_belegt", "kita_auslastung", "kita_plaetze_u3", "kita_plaetze_3_6",
                "kindertagespflege_plaetze", "hort_plaetze",
            ),
            "ohne_angabe": (
                "kita_ohne_genehmigt", "kita_ohne_belegbar", "kita_ohne_belegt", "hort_ohne_belegbar",
            ),
            "versorgung": (
                "kita_versorgungsquote_u3", "kita_versorgungsquote_3_6", "kita_versorgungsquote_3_6_5",
                "kita_versorgungsquote_u6", "hort_versorgungsquote_6_10",
            ),
            "betreuung": (
                "betreute_kinder_u3", "kita_betreuungsquote_u3", "betreute_kinder_3_6",
                "kita_betreuungsquote_3_6", "betreute_kinder_6_10", "hort_betreuungsquote_6_10",
            ),
            "bedarf": ("kita_bedarfsquote_u3", "kita_bedarfsquote_3_6"),
        },
        (
            Measure("kita_einrichtungen", "", _KITA),
            *_amounts(
                _KITA,
                ("kita_plaetze_genehmigt", "places_approved", "kita_ohne_genehmigt"),
                ("kita_plaetze_belegbar", "capacity", "kita_ohne_belegbar"),
                ("kita_plaetze_belegt", "places_used", "kita_ohne_belegt"),
            ),
            Measure("kita_plaetze_u3", "capacity", (*_KITA, "kindertagespflege"), ages=(0, 3)),
            Measure("kita_plaetze_3_6", "capacity", _KITA, ages=(3, 7)),
            Measure("kindertagespflege_plaetze", "capacity", ("kindertagespflege",)),
            *_amounts(("hort",), ("hort_plaetze", "capacity", "hort_ohne_belegbar")),
        ),
    ),
    "schulentwicklung": Plan(
        {
            "schulalter": (
                "einwohner_3_6", "einwohner_6_10", "einwohner_10_16", "einwohner_16_18",
                "einwohner_6_18",
            ),
            "schulen": ("schulen", "schuelerinnen_schueler", "klassen", "klassenfrequenz"),
            "bildungswege": (
                "einschulung_sprache", "uebergang_gymnasium", "abgang_ohne_abschluss",
                "sonderpaedagogischer_foerderbedarf", "anteil_ndhs_schule",
            ),
            "lage_schulkinder": (
                "kinder_sgb2", "kinderarmut_sgb2", "kinder_u15_sgb2", "kinderarmut_u15_sgb2",
                "bildung_teilhabe", "haushalte_alleinerziehend", "alleinerziehendenquote",
            ),
            "ganztag": ("hort_plaetze", "hort_versorgungsquote_6_10", "schulsozialarbeit_stellen"),
        },
        (
            Measure("schulen", "", ("schule",)),
            Measure("hort_plaetze", "capacity", ("hort",)),
            Measure("schulsozialarbeit_stellen", "fte", ("schulsozialarbeit",), ("SGB VIII § 13a",)),
        ),
    ),
    "altenhilfe": Plan(
        {
            "aeltere": (
                "einwohner_ab_60", "einwohner_ab_65", "anteil_65plus", "einwohner_65_80",
                "einwohner_ab_80", "anteil_80plus", "einwohner_ab_85", "altenquotient_65_20_65",
                "greying_80_65",
            ),
            "lage_aeltere": (
                "grundsicherung_alter", "altersarmut_grundsicherung", "haushalte_eine_person",
                "anteil_einpersonenhaushalte", "schwerbehinderte", "anteil_schwerbehinderte",
            ),
            "pflege": (
                "pflegebeduerftige", "pflegequote", "pflegeheime", "pflege_stationaer_plaetze",
                "pflege_plaetze_je_100_80plus", "pflege_ohne_plaetze", "tagespflege_plaetze",
            ),
            "angebote_aeltere": ("altenhilfe_angebote", "altenhilfe_angebote_je_1000"),
        },
        (
            Measure("pflegeheime", "", ("pflegeheim",)),
            *_amounts(
                ("pflegeheim",), ("pflege_stationaer_plaetze", "capacity", "pflege_ohne_plaetze")
            ),
            Measure("tagespflege_plaetze", "capacity", ("tagespflege",)),
            Measure("altenhilfe_angebote", "", _OLD, _OLD_LAWS),
        ),
    ),
    "psychiatrie": Plan(
        {
            "erwachsene": ("einwohner_0_18", "einwohner_ab_18", "einwohner_18_65", "einwohner_ab_65"),
            "hilfen": (
                "psychiatrie_angebote", "psychiatrie_plaetze", "psychiatrie_plaetze_je_1000",
                "psychiatrie_ohne_plaetze",
            ),
            "faelle_psychiatrie": (
                "psychkg_unterbringungen", "eingliederungshilfe", "schwerbehinderte",
                "anteil_schwerbehinderte",
            ),
        },
        (
            Measure("psychiatrie_angebote", "", _MIND, _MIND_LAWS),
            Measure("psychiatrie_plaetze", "capacity", _MIND, _MIND_LAWS),
            Measure("psychiatrie_ohne_plaetze", "capacity", _MIND, _MIND_LAWS, without=True),
        ),
    ),
    "geschaeftsbericht": Plan(
        {
            "menschen": ("einwohner", "einwohner_0_18", "einwohner_18_65", "einwohner_ab_65"),
            "jugendhilfe": (
                "hze_faelle", "hze_je_1000", "inobhutnahmen", "gefaehrdungseinschaetzungen",
                "unterhaltsvorschuss",
            ),
            "existenzsicherung": (
                "sgb2_leistungsberechtigte", "sgb2_quote", "bedarfsgemeinschaften", "kinder_sgb2",
                "kinderarmut_sgb2", "grundsicherung_alter", "altersarmut_grundsicherung", "wohngeld",
                "bildung_teilhabe", "wohnungslose", "eingliederungshilfe",
            ),
            "mittel": ("foerderung",),
        },
        series=True,
    ),
}  # fmt: skip
