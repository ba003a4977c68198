#!/bin/sh
# The tests of the GeoPackage need QGIS; install it where that is allowed, say so where it is not.
if /usr/bin/python3 -c 'import qgis.core' 2>/dev/null; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-qgis >/dev/null && exit 0
fi
echo "QGIS fehlt und darf hier nicht installiert werden: Das GeoPackage wird in QGIS nicht geprüft."
