"""Social planning in space: areas, offers, people, access, gaps, maps and profiles."""
