"""The columns of every table, declared once.

Readers translate headings through the aliases, the check takes types and bounds from here, and the
handbook's page of data formats is made from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "text", "number", "count", "coordinate", "date", "choice"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
    kind : str
        ``id`` and ``text`` stay text; ``number``, ``count`` (whole) and ``coordinate`` become
        floats; ``date`` becomes ISO text; ``choice`` one of the values of ``choices``.
    required : bool
        The column must be there and no cell of it may be empty.
    minimum, maximum : float, optional
        Inclusive bounds of a number.
    aliases : tuple of str
        Headings that mean this column; compared without case, spaces and punctuation.
    choices : tuple of (str, tuple of str)
        The values and what is understood as each of them.
    audience : str
        For whom it is, see `sozialraum.model.audience`; empty: for the work with the table alone, it
        enters no edition.
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    aliases: tuple[str, ...] = ()
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    audience: str = "oeffentlich"

    @property
    def words(self) -> dict[str, str]:
        """What each of the choices is called."""
        return {value: said[0] for value, said in self.choices}


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its key, its columns, the geometry it carries."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    geometry: Literal["polygon", "point", None] = None

    def column(self, name: str) -> Column | None:
        """Give the declared column of that name, if there is one."""
        return next((c for c in self.columns if c.name == name), None)


_YES_NO = (
    ("yes", ("ja", "yes", "true", "1", "j", "wahr", "x")),
    ("no", ("nein", "no", "false", "0", "n", "falsch")),
    ("limited", ("teilweise", "eingeschränkt", "limited", "bedingt")),
)
_STREET_AND_NUMBER = ("straße und hausnummer", "straße hausnummer", "straße nr")
_PLACED = (
    ("exact", ("genau",)),
    ("similar", ("ähnliche Schreibweise",)),
    ("neighbour", ("benachbarte Hausnummer",)),
    ("street", ("nur Straße",)),
    ("none", ("nicht gefunden",)),
)
_VOICES = (
    ("provider", ("Träger", "Trägerbefragung")),
    ("residents", ("Bewohner", "Bewohnerinnen und Bewohner", "Bewohnerschaft", "Beteiligung")),
    ("staff", ("Fachkraft", "Fachkräfte")),
    ("administration", ("Verwaltung", "Amt")),
    ("other", ("Sonstige", "andere")),
)
_STATUS = (
    ("planned", ("geplant", "in Planung", "vorgesehen")),
    ("decided", ("beschlossen",)),
    ("running", ("in Umsetzung", "läuft", "laufend", "begonnen")),
    ("done", ("umgesetzt", "abgeschlossen", "erledigt")),
    ("deferred", ("zurückgestellt", "ruht")),
    ("rejected", ("abgelehnt",)),
    ("dropped", ("aufgegeben", "eingestellt", "nicht weiterverfolgt")),
)
# What a measure of these comes to is known: neither is it late nor is anything to be expected of it.
ENDED = ("done", "rejected", "dropped")
_READERS = (
    ("oeffentlich", ("öffentlich",)),
    ("nichtoeffentlich", ("nichtöffentlich", "nicht öffentlich")),
    ("intern", ("intern",)),
)
_COORDINATES = (
    Column(
        "x",
        "coordinate",
        aliases=("ost", "rechtswert", "easting", "ostwert", "utm_ost", "x-koordinate", "x-wert"),
        audience="",
    ),
    Column(
        "y",
        "coordinate",
        aliases=("nord", "hochwert", "northing", "nordwert", "utm_nord", "y-koordinate", "y-wert"),
        audience="",
    ),
    Column(
        "lon",
        "coordinate",
        aliases=("länge", "longitude", "lng", "geo_laenge", "längengrad"),
        audience="",
    ),
    Column(
        "lat",
        "coordinate",
        aliases=("breite", "latitude", "geo_breite", "breitengrad"),
        audience="",
    ),
)
_ORIGIN = (Column("file", audience=""), Column("row", "count", audience=""))

AREAS = Table(
    "areas",
    key=("area",),
    geometry="polygon",
    columns=(
        Column("area", "id", required=True, aliases=("id", "gebiet", "schlüssel", "kennung")),
        Column("name", required=True, aliases=("bezeichnung", "gebietsname")),
        *_ORIGIN,
    ),
)

OFFERS = Table(
    "offers",
    key=("offer",),
    geometry="point",
    columns=(
        Column("offer", "id", required=True, aliases=("id", "kennung", "nummer", "angebot")),
        Column("name", aliases=("einrichtung", "bezeichnung", "einrichtungsname")),
        Column("traeger", aliases=("träger", "trägername", "träger der einrichtung")),
        Column("category", required=True, aliases=("kategorie", "art", "angebotsart")),
        Column("law", aliases=("rechtsgrundlage", "gesetz")),
        Column("target_groups", aliases=("zielgruppe", "zielgruppen")),
        Column("age_from", "number", minimum=0, maximum=130, aliases=("alter von", "ab alter")),
        Column("age_to", "number", minimum=0, maximum=131, aliases=("alter bis", "bis unter")),
        Column("capacity", "count", minimum=0, aliases=("plätze", "kapazität", "belegbare plätze")),
        Column("places_approved", "count", minimum=0, aliases=("genehmigte plätze",)),
        Column("places_used", "count", minimum=0, aliases=("belegte plätze",)),
        Column("fte", "number", minimum=0, aliases=("vollzeitäquivalente", "vzä", "stellen")),
        Column("opening_hours", aliases=("öffnungszeiten",)),
        Column("barrier_free", "choice", aliases=("barrierefrei",), choices=_YES_NO),
        Column("languages", aliases=("sprachen",)),
        Column("mandatory", "choice", aliases=("pflichtaufgabe", "pflicht"), choices=_YES_NO),
        Column("mobile", "choice", aliases=("mobil", "aufsuchend"), choices=_YES_NO),
        Column("valid_from", "date", aliases=("gültig ab", "gültig von")),
        Column("valid_to", "date", aliases=("gültig bis",)),
        Column(
            "street", aliases=("straße", "strasse", "anschrift", "adresse", *_STREET_AND_NUMBER)
        ),
        Column("housenumber", aliases=("hausnummer", "hausnr", "hnr", "nr")),
        Column("postcode", "id", aliases=("plz", "postleitzahl")),
        Column("city", aliases=("ort", "stadt", "gemeinde")),
        Column("area", "id", aliases=("gebiet", "quartier id")),
        Column("website", aliases=("internet", "webseite", "url")),
        Column(
            "contact_name",
            aliases=("ansprechperson", "kontakt", "ansprechpartner"),
            audience="intern",
        ),
        Column("contact_phone", aliases=("telefon", "tel"), audience="intern"),
        Column("contact_email", aliases=("e-mail", "email", "mail"), audience="intern"),
        Column("place_quality", "choice", aliases=("qualität der lage",), choices=_PLACED),
        Column("place_address", aliases=("gefundene adresse",)),
        *_COORDINATES,
        *_ORIGIN,
    ),
)

ADDRESSES = Table(
    "addresses",
    key=(),
    geometry="point",
    columns=(
        Column(
            "street",
            aliases=("straße", "strasse", "straßenname", "stn", "strname", *_STREET_AND_NUMBER),
        ),
        Column("housenumber", aliases=("hausnummer", "hausnr", "hnr", "hsnr", "nr")),
        Column(
            "addition",
            aliases=("zusatz", "hausnummernzusatz", "adressierungszusatz", "adz", "hausnrzusatz"),
        ),
        Column("postcode", "id", aliases=("plz", "postleitzahl")),
        Column("city", aliases=("ort", "ortsname", "onm", "stadt", "gemeinde")),
        *_COORDINATES,
        *_ORIGIN,
    ),
)

POPULATION = Table(
    "population",
    key=("cell",),
    geometry="point",
    columns=(
        Column("cell", "id", required=True, aliases=("gitter_id_100m", "id", "zelle", "gitter_id")),
        Column("area", "id", aliases=("gebiet",)),
        *_COORDINATES,
        *_ORIGIN,
    ),
)

VALUES = Table(
    "values",
    key=("level", "area", "indicator", "datenstand"),
    columns=(
        Column("area", "id", required=True, aliases=("gebiet", "raumid", "id", "schlüssel")),
        Column("level", aliases=("ebene",)),
        Column("indicator", "id", required=True, aliases=("indikator", "merkmal")),
        Column("datenstand", "date", required=True, aliases=("stichtag", "jahr", "zeit")),
        Column("gebietsstand", "date"),
        Column("value", "number", aliases=("wert",)),
        Column("numerator", "number", aliases=("zähler",)),
        Column("denominator", "number", minimum=0, aliases=("nenner",)),
        Column("quality", aliases=("qualität",)),
        Column("sign", aliases=("zeichen",)),
        Column("steps", aliases=("schritte",)),
        *_ORIGIN,
    ),
)

FUNDING = Table(
    "funding",
    key=("offer", "year", "source"),
    columns=(
        Column("offer", "id", required=True, aliases=("angebot", "kennung")),
        Column("year", "count", required=True, minimum=1900, maximum=2200, aliases=("jahr",)),
        Column("source", required=True, aliases=("quelle", "mittelherkunft", "geber")),
        Column("euro", "number", required=True, aliases=("betrag", "betrag in euro")),
        Column("mandatory", "choice", aliases=("pflichtaufgabe", "pflicht"), choices=_YES_NO),
        Column("serves", "id", aliases=("einzugsbereich", "reichweite")),
        *_ORIGIN,
    ),
)

CONTRIBUTIONS = Table(
    "contributions",
    key=("area", "indicator", "datenstand", "contributor"),
    columns=(
        Column("area", "id", required=True, aliases=("gebiet", "raumid", "quartier id")),
        Column("indicator", "id", required=True, aliases=("indikator", "merkmal")),
        Column("datenstand", "date", required=True, aliases=("stichtag", "jahr", "zeit")),
        Column(
            "contributor",
            "id",
            required=True,
            aliases=("träger", "beitragende stelle", "stelle", "melder", "einrichtung"),
        ),
        Column(
            "amount", "number", required=True, minimum=0, aliases=("beitrag", "anzahl", "menge")
        ),
        *_ORIGIN,
    ),
)

NEEDS = Table(
    "needs",
    key=(),
    columns=(
        Column("date", "date", required=True, aliases=("datum", "tag", "stand")),
        Column("source", "choice", required=True, aliases=("quelle", "von wem"), choices=_VOICES),
        Column("level", aliases=("ebene",)),
        Column("area", "id", required=True, aliases=("gebiet", "raumid", "sozialraum", "quartier")),
        Column("topic", required=True, aliases=("thema", "bedarf")),
        Column("target_group", aliases=("zielgruppe", "zielgruppen")),
        Column("offer", "id", aliases=("angebot", "kennung des angebots")),
        Column("traeger", aliases=("träger", "trägername")),
        Column("statement", required=True, aliases=("aussage", "wortlaut", "rückmeldung", "text")),
        *_ORIGIN,
    ),
)

MEASURES = Table(
    "measures",
    key=("measure",),
    columns=(
        Column(
            "measure",
            "id",
            required=True,
            aliases=("kennung", "nummer", "nr", "id", "maßnahme nr", "maßnahmennummer"),
        ),
        Column("title", required=True, aliases=("maßnahme", "titel", "bezeichnung")),
        Column("level", aliases=("ebene",)),
        Column("area", "id", required=True, aliases=("gebiet", "raumid", "sozialraum", "quartier")),
        Column("topic", required=True, aliases=("thema", "bedarf", "handlungsfeld")),
        Column("target_group", aliases=("zielgruppe", "zielgruppen")),
        Column("offer", "id", aliases=("angebot", "kennung des angebots")),
        Column("office", aliases=("zuständig", "zuständige stelle", "amt", "federführung")),
        Column(
            "paper",
            "id",
            aliases=("beschluss", "vorlage", "beschlussnummer", "drucksache", "vorlage nr"),
        ),
        Column("decided", "date", aliases=("beschlossen am", "beschlussdatum", "beschluss vom")),
        Column(
            "status", "choice", aliases=("stand", "sachstand", "umsetzungsstand"), choices=_STATUS
        ),
        Column("status_date", "date", aliases=("stand seit", "status seit", "stand vom")),
        Column("start", "date", aliases=("beginn", "anfang")),
        Column("end", "date", aliases=("zieldatum", "ziel", "ende", "fertig bis", "frist")),
        Column(
            "euro", "number", minimum=0, aliases=("betrag", "betrag in euro", "kosten", "mittel")
        ),
        Column("funds", aliases=("mittelherkunft", "finanziert aus", "finanzierung", "haushalt")),
        Column("source", aliases=("quelle",)),
        Column("note", aliases=("anmerkung", "bemerkung", "hinweis"), audience="nichtoeffentlich"),
        Column("audience", "choice", aliases=("für wen", "leserkreis"), choices=_READERS),
        *_ORIGIN,
    ),
)

CHOICES = tuple(c.name for c in OFFERS.columns if c.kind == "choice")
TABLES = (AREAS, OFFERS, ADDRESSES, POPULATION, VALUES, FUNDING, CONTRIBUTIONS, NEEDS, MEASURES)
SIGNS = ("–", ".", "x", "/", "…", "()")
VALUE_COLUMNS = (
    "area",
    "level",
    "indicator",
    "datenstand",
    "gebietsstand",
    "value",
    "numerator",
    "denominator",
    "quality",
    "sign",
    "steps",
)
