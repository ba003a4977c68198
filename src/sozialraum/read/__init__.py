"""From files to tables: areas, offers, people, indicator values, streets."""
