#!/bin/sh
# The tests in a second browser need Firefox; install it where that is allowed, say so where it is not.
if command -v firefox-esr >/dev/null 2>&1 || command -v firefox >/dev/null 2>&1; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq firefox-esr >/dev/null && exit 0
fi
echo "Firefox fehlt und darf hier nicht installiert werden: Die Tests in Firefox werden nicht geprüft."
