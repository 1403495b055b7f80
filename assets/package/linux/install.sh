#!/bin/sh
# Installs Bellhop for you alone, below ~/.local, or below the folder that you name: ./install.sh [FOLDER]
# Bellhop's data is not touched, and neither are the files of anybody else.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
prefix=${1:-$HOME/.local}
mkdir -p "$prefix"
prefix=$(cd "$prefix" && pwd)
case $prefix in
*[\"\\\$\`]*)
	echo "Bellhop cannot be installed in $prefix: menus cannot start programs from folders with such names." >&2
	exit 1
	;;
esac

# A running Bellhop goes on with the program that it was started from, and the next start is the new one.
mkdir -p "$prefix/bin"
cp "$here/bin/bellhop" "$prefix/bin/.bellhop.new"
chmod 755 "$prefix/bin/.bellhop.new"
mv -f "$prefix/bin/.bellhop.new" "$prefix/bin/bellhop"

mkdir -p "$prefix/share"
cp -R "$here/share/." "$prefix/share/"
entry=$prefix/share/applications/app.bellhop.Bellhop.desktop
# A menu does not look into ~/.local/bin by itself. In a desktop entry, % is written twice.
program=$(printf %s "$prefix/bin/bellhop" | sed 's/%/%%/g; s/[&|\\]/\\&/g')
plain=$(printf %s "$prefix/bin/bellhop" | sed 's/[&|\\]/\\&/g')
sed -i "s|^Exec=bellhop|Exec=\"$program\"|; s|^TryExec=bellhop|TryExec=$plain|" "$entry"
if command -v update-desktop-database >/dev/null 2>&1; then
	update-desktop-database -q "$prefix/share/applications" || true # menus find it a little later then
fi

echo "Bellhop is installed: look for it in your menu, or run $prefix/bin/bellhop"
echo "To remove it again: $prefix/share/doc/bellhop/uninstall.sh"
