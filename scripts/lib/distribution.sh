# What the scripts share that build distributions. Sourced by them, with $root set to the repository, after common.sh.

jar="$root/target/unified-memory-mcp.jar"

# The time that everything in a distribution bears, so that the same inputs give the same bytes: that of the build.
build_time() {
  sed -n 's|.*<project.build.outputTimestamp>\(.*\)</project.build.outputTimestamp>.*|\1|p' "$root/pom.xml"
}

version() {
  sed -n 's/^  "version": "\(.*\)",$/\1/p' "$root/mcp-manifest.json"
}

# The platform of this machine, as clients name it, and its processor.
platform() {
  local system machine
  case $(uname -s) in Darwin) system=darwin ;; Linux) system=linux ;; *) system=win32 ;; esac
  case $(uname -m) in x86_64 | amd64) machine=x64 ;; aarch64 | arm64) machine=arm64 ;; *) machine=$(uname -m) ;; esac
  echo "$system-$machine"
}

# Lays the program out in a new folder: launcher, jar, licences, bill of materials, installer, documentation.
stage() {
  local folder=$1
  rm -rf "$folder"
  mkdir -p "$folder/bin" "$folder/lib" "$folder/docs"
  cp "$root/src/main/launcher/unified-memory" "$root/src/main/launcher/unified-memory.cmd" "$folder/bin/"
  cp "$jar" "$folder/lib/"
  cp "$root/scripts/install" "$root/scripts/uninstall" "$root/LICENSE" "$folder/"
  cp "$root/README.md" "$root/CHANGELOG.md" "$root/CONTRIBUTING.md" "$root/SECURITY.md" "$folder/"
  cp -R "$root/docs/." "$folder/docs/"
  cp "$root/target/bom.json" "$folder/sbom.cdx.json"
  "$(java_command)" -cp "$jar" "$root/scripts/lib/Licenses.java" "$root/target/bom.json" \
    "$root/target/runtime-classpath" "$folder/licenses" "$root/scripts/lib/licenses"
  settle "$folder"
}

# Gives everything in a folder the same time and the same permissions on every machine.
settle() {
  find "$1" -type d -exec chmod 755 {} +
  find "$1" -type f -perm -u+x -exec chmod 755 {} +
  find "$1" -type f ! -perm -u+x -exec chmod 644 {} +
  find "$1" -exec touch -h -d "$(build_time)" {} +
}

# SHA-256 sums of files, in the form that sha256sum checks.
sha256() {
  if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi
}

# Packs a folder, with its name or (zip, third argument .) without; the bytes depend on nothing but its contents.
pack_tar() {
  local folder=$1 archive=$2
  tar --sort=name --format=gnu --owner=0 --group=0 --numeric-owner --mtime="$(build_time)" \
    -C "$(dirname "$folder")" -cf - "$(basename "$folder")" | gzip -9n >"$archive"
}

pack_zip() {
  local folder=$1 archive=$2 inside=${3:-}
  rm -f "$archive"
  if [ "$inside" = . ]; then cd "$folder"; else cd "$(dirname "$folder")"; fi
  find "${inside:-$(basename "$folder")}" -type f | sed 's|^\./||' | LC_ALL=C sort | TZ=UTC zip -X -q -9 "$archive" -@
  cd - >/dev/null
}
