"""From numbers to something to look at: map page, profiles, GeoPackage, tables, plots."""
