#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Packs the build folder given as $1, unpacks the package elsewhere and starts what it holds from there. Exit 77: a tool
# that this test needs is missing, or not everything is built.
set -eu
build=$(cd "$1" && pwd)
source=$(cd "$(dirname "$0")/.." && pwd)

for tool in cpack dpkg-deb dpkg-shlibdeps desktop-file-validate; do
    command -v "$tool" >/dev/null || { echo "skipped: $tool is missing (apt install cmake dpkg-dev desktop-file-utils)"; exit 77; }
done
for program in lathe lathe-agent lathe-train lathe-workbench; do
    [ -x "$build/bin/$program" ] || { echo "skipped: $program is not built (run ninja first)"; exit 77; }
done

desktop-file-validate "$source/installer/io.lathe.Workbench.desktop"
if command -v appstreamcli >/dev/null; then
    appstreamcli validate --no-net "$source/installer/io.lathe.Workbench.metainfo.xml"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$build" && cpack -G DEB -B "$work/out" >"$work/cpack.log" 2>&1) || { cat "$work/cpack.log"; exit 1; }
deb=$(ls "$work"/out/*.deb)
dpkg-deb --field "$deb" Package Version Depends Recommends
dpkg-deb --field "$deb" Depends | grep -q libqt6widgets6 || { echo "the package does not depend on Qt"; exit 1; }

root=$work/root
dpkg-deb -x "$deb" "$root"
for file in bin/lathe bin/lathe-agent bin/lathe-train bin/lathe-workbench share/lathe/python/lathe.py \
            share/lathe/samples/gpt-bytes.yaml share/lathe/translations/lathe_de.qm \
            share/applications/io.lathe.Workbench.desktop share/icons/hicolor/scalable/apps/io.lathe.Workbench.svg \
            share/metainfo/io.lathe.Workbench.metainfo.xml share/doc/lathe/copyright; do
    [ -e "$root/usr/$file" ] || { echo "the package lacks usr/$file"; exit 1; }
done
if grep -rqa "$build" "$root/usr/bin" "$root/usr/lib"; then
    echo "note: a packed file names the build folder"
fi

# Nothing of the build may help the packed program along.
export HOME="$work/home" XDG_DATA_HOME="$work/home/data" XDG_CONFIG_HOME="$work/home/config" XDG_CACHE_HOME="$work/home/cache"
mkdir -p "$HOME/project"
unset LATHE_BIN_DIR LATHE_STORE LATHE_PLUGIN_DIR DISPLAY WAYLAND_DISPLAY LD_LIBRARY_PATH 2>/dev/null || true
QT_QPA_PLATFORM=offscreen "$root/usr/bin/lathe-workbench" --grab "$work/a.png" --workspace "$HOME/project" --size 1280x800
[ "$(head -c 4 "$work/a.png" | tail -c 3)" = PNG ] || { echo "no picture was made"; exit 1; }
[ "$(stat -c %s "$work/a.png")" -gt 10000 ] || { echo "the picture is empty"; exit 1; }
"$root/usr/bin/lathe" --help >/dev/null
# Every plugin that was built is packed and found: the log names each.
for plugin in "$build"/lib/lathe/plugins/*.so; do
    [ -e "$plugin" ] || continue
    name=$(basename "$plugin" .so)
    [ -e "$root/usr/lib/lathe/plugins/$name.so" ] || { echo "the package lacks the plugin $name"; exit 1; }
    [ "$name" = cuda ] || grep -q "$name loaded" "$XDG_DATA_HOME"/lathe/log/workbench.log || { echo "the packed plugin $name did not load"; cat "$XDG_DATA_HOME"/lathe/log/workbench.log; exit 1; }
done
echo "the package works from $root"
