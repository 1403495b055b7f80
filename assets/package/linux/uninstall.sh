#!/bin/sh
# Removes the Bellhop that install.sh has installed, from the folder that this file lies in. Your data stays.
set -eu
prefix=$(cd "$(dirname "$0")/../../.." && pwd)
share=$prefix/share
rm -f "$prefix/bin/bellhop" \
	"$share/applications/app.bellhop.Bellhop.desktop" \
	"$share/metainfo/app.bellhop.Bellhop.metainfo.xml" \
	"$share/man/man1/bellhop.1.gz" \
	"$share/bash-completion/completions/bellhop" \
	"$share/zsh/site-functions/_bellhop" \
	"$share/fish/vendor_completions.d/bellhop.fish" \
	"$share"/icons/hicolor/*/apps/app.bellhop.Bellhop.png \
	"$share/icons/hicolor/scalable/apps/app.bellhop.Bellhop.svg" \
	"$share"/doc/bellhop/*
rmdir "$share/doc/bellhop"
if command -v update-desktop-database >/dev/null 2>&1; then
	update-desktop-database -q "$share/applications" || true
fi
echo "Bellhop is removed. Your recipes and their history are still in ${XDG_DATA_HOME:-$HOME/.local/share}/bellhop;"
echo "remove that folder too if you do not want them any more."
