"""Social offers of the extract, with what the extract says of them and nothing more."""

from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from example.osm import CRS, Extract, words

#: Offers up to this distance (m) from the areas are kept: the next one may lie beyond the border.
MARGIN_M = 5000.0
#: Two objects of one category and one name within this distance (m) are one offer.
SAME_NAME_M = 100.0
#: An object without a name within this distance (m) of another of its category is part of it.
NAMELESS_M = 30.0

#: What follows from the category alone; all else is not for us to say.
LAW = {"kita": "SGB VIII §§ 22–24", "jugend": "SGB VIII § 11"}
#: Categories in which a name can be that of a person.
PRACTICES = {"arzt": "Arztpraxis", "zahnarzt": "Zahnarztpraxis"}
#: Practices whose name says an institution, not a person.
INSTITUTION = re.compile(r"^(Medizinisches Versorgungszentrum\b.*|Ärztehaus)$")
#: Names that are those of a person, or of a single piece of a playground, outside practices.
SKIPPED_NAMES = re.compile(r"^(Physiotherapie Riechert|Sommerrodelbahn|Rutsche|Klettereisenbahn)$")
SHORTENED_NAMES = {"Yogastudio Solveig Atzl": "Yogastudio"}
#: Träger that are organisations; an operator that is a person is left out.
TRAEGER = frozenset(
    {"ASB", "DRK", "Deutsches Rotes Kreuz", "Diakonie", "Internationaler Bund e.V."}
)
BARRIER_FREE = {"yes": "ja", "limited": "teilweise", "no": "nein"}
#: Kinds of sport that are no offer of the neighbourhood.
NOT_SPORT = frozenset({"10pin", "Motocross", "horse_racing", "equestrian"})

_KITA = re.compile(r"\bKITA\b|Kinderkrippe|Kindergarten|Schulhort", re.I)
_SPORT = frozenset(words("sports_centre stadium track pitch water_park swimming_area"))

Tags = dict[str, str]


def categorise(tags: Tags) -> str | None:
    """Give the category of an object; the first that fits, ``None`` for no social offer.

    Examples
    --------
    >>> categorise({"amenity": "school", "name": "DRK Kinderkrippe"})
    'kita'
    """
    name, amenity = tags.get("name", ""), tags.get("amenity")
    if SKIPPED_NAMES.match(name) or "highway" in tags:
        return None
    building = amenity is None and "building" in tags
    social = amenity == "social_facility" or "social_facility" in tags
    purpose = tags.get("social_facility:for")
    fits = {
        "kita": amenity == "kindergarten"
        or (bool(_KITA.search(name)) and (amenity == "school" or building)),
        "weitere_bildung": "Musikschule" in name or "Ausbildungs- und Beratungszentrum" in name,
        "schule": amenity == "school" or (building and tags["building"] == "school" and name != ""),
        "zahnarzt": amenity == "dentist" or (amenity == "doctors" and "Zahnarzt" in name),
        "arzt": amenity == "doctors" or name == "Ärztehaus",
        "apotheke": amenity == "pharmacy",
        "krankenhaus": amenity == "hospital",
        "gesundheit": amenity == "midwife" or "hospiz" in tags.get("addr:housename", ""),
        "pflegeheim": amenity == "nursing_home"
        or (social and ("Pflegeheim" in name or purpose == "senior")),
        "jugend": (social and purpose == "juvenile") or (building and "Jugendclub" in name),
        "soziale_einrichtung": social or name.startswith("AWO "),
        "bibliothek": amenity == "library",
        "gotteshaus": amenity == "place_of_worship",
        "spielplatz": tags.get("leisure") == "playground",
        "sport": tags.get("leisure") in _SPORT and tags.get("sport") not in NOT_SPORT,
    }
    return next((category for category, fit in fits.items() if fit), None)


COLUMNS = list(
    words(
        "Kennung Name Kategorie Träger Straße Hausnummer PLZ Ort Öffnungszeiten Barrierefrei "
        "Rechtsgrundlage Ost Nord"
    )
)


def build_offers(extract: Extract, areas: gpd.GeoDataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Build the list of offers as an office would keep it.

    Parameters
    ----------
    extract : Extract
    areas : GeoDataFrame
        The Quartiere; offers lie in them or up to :data:`MARGIN_M` from them.

    Returns
    -------
    offers : DataFrame
        German headings, one row per offer; what the extract does not say is missing.
    merged : DataFrame
        ``Kennung``, ``Objekt``, ``Kategorie``, ``Regel``, ``Abstand_m`` per object that was merged.
    """
    found = pd.concat([extract.points, extract.areas], ignore_index=True)
    found["category"] = [categorise(tags) for tags in found["tags"]]
    found = gpd.GeoDataFrame(found[found["category"].notna()], crs=CRS)
    near = found.geometry.dwithin(areas.union_all(), MARGIN_M)
    found = found[near].drop_duplicates("osm").reset_index(drop=True)
    found["name"] = [
        _public_name(category, tags)
        for category, tags in zip(found["category"], found["tags"], strict=True)
    ]
    found["group"], found["rule"], found["distance_m"] = _group(found)
    heads = found[found["rule"] == ""].set_index("osm")
    attributes = _attributes(found)
    first = attributes.groupby(found["group"]).first().reindex(heads.index)
    places = heads.representative_point()
    offers = pd.DataFrame(
        {
            "Kennung": heads.index,
            "Name": heads["name"],
            "Kategorie": heads["category"],
            **{column: first[column] for column in attributes},
            "Rechtsgrundlage": heads["category"].map(LAW),
            "Ost": places.x.round(1),
            "Nord": places.y.round(1),
        }
    )[COLUMNS]
    offers = offers.sort_values(["Kategorie", "Ost", "Nord"]).reset_index(drop=True)
    merged = found[found["rule"] != ""]
    listed = pd.DataFrame(
        {
            "Kennung": merged["group"],
            "Objekt": merged["osm"],
            "Kategorie": merged["category"],
            "Regel": merged["rule"],
            "Abstand_m": merged["distance_m"].round(1),
        }
    )
    return offers, listed.sort_values(["Kategorie", "Kennung", "Objekt"]).reset_index(drop=True)


def _public_name(category: str, tags: Tags) -> str | None:
    """Give the name as it may be printed: practices lose theirs, they are mostly those of persons."""
    name = tags.get("name")
    if category in PRACTICES:
        return name if name and INSTITUTION.match(name) else PRACTICES[category]
    if category == "gesundheit":
        return name or tags.get("addr:housename")
    return SHORTENED_NAMES.get(name, name) if name else None


def _attributes(found: gpd.GeoDataFrame) -> pd.DataFrame:
    def values(key: str) -> list[str | None]:
        return [tags.get(key) for tags in found["tags"]]

    traeger = pd.Series(values("operator"), dtype=object)
    return pd.DataFrame(
        {
            "Träger": traeger.where(traeger.isin(TRAEGER)),
            "Straße": values("addr:street"),
            "Hausnummer": values("addr:housenumber"),
            "PLZ": values("addr:postcode"),
            "Ort": values("addr:city"),
            "Öffnungszeiten": values("opening_hours"),
            "Barrierefrei": pd.Series(values("wheelchair"), dtype=object).map(BARRIER_FREE),
        }
    )


def _group(found: gpd.GeoDataFrame) -> tuple[list[str], list[str], list[float]]:
    """Find the objects that are one and the same offer.

    Practices are never merged: several doctors in one house are several offers.
    """
    head = found["osm"].to_numpy(dtype=object).copy()
    rule = np.full(len(found), "", dtype=object)
    distance = np.zeros(len(found))
    shapes = found.geometry.to_numpy()
    size = shapely.area(shapes)
    plain = found["name"].fillna("").str.replace(r"\W", "", regex=True).str.casefold().tolist()
    for category, rows in found.groupby("category").indices.items():
        if category in PRACTICES:
            continue
        # named first, larger first: the head of a group is always met before its parts
        order = sorted(rows, key=lambda i: (plain[i] == "", -size[i], found["osm"].iloc[i]))
        reach = 0.0 if category == "spielplatz" else NAMELESS_M
        heads: list[int] = []
        members: list[int] = []
        for i in order:
            if plain[i]:
                same = [j for j in heads if plain[j] == plain[i]]
                near, limit, why = same, SAME_NAME_M, "gleicher Name"
            else:
                near, limit, why = members, reach, "ohne Namen, daneben"
            away = shapely.distance(shapes[i], shapes[near]) if near else np.array([np.inf])
            if away.min() <= limit:
                head[i] = head[near[int(away.argmin())]]
                rule[i], distance[i] = why, float(away.min())
            else:
                heads.append(i)
            members.append(i)
    return list(head), list(rule), list(distance)
