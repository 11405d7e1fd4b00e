# What the scripts share. Sourced by them, with $root set to the repository.

# Set to yes by a script that was told to (scripts/test --install): require then installs missing Debian packages.
install_packages=''

# Prints one line for each program that is missing or too old; returns 1 if there is any.
# Arguments: which of java, mvn, node, npm, sqlite3, zip, unzip, gnu_tar, faketime, pgbouncer, redis_server,
# chromium, inter, pngquant, wrk are needed.
require() {
  local problems=0 program
  for program in "$@"; do
    "require_$program" || problems=1
  done
  return "$problems"
}

missing() {
  echo "missing: $1" >&2
  return 1
}

require_java() {
  local javac=javac version
  if [ -n "${JAVA_HOME:-}" ]; then javac="$JAVA_HOME/bin/javac"; fi
  version=$("$javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p') || true
  if [ -z "$version" ] || [ "$version" -lt 17 ]; then
    missing "a JDK of version 17 or newer ($javac is ${version:-not there}; set JAVA_HOME or install openjdk-17-jdk)"
  fi
}

require_mvn() {
  command -v mvn >/dev/null || missing "mvn, Maven 3.8 or newer (Debian package maven)"
}

require_node() {
  local version
  version=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\).*/\1/p') || true
  if [ -z "$version" ] || [ "$version" -lt 20 ]; then
    missing "node of version 20 or newer (found ${version:-none}; https://nodejs.org)"
  fi
}

require_npm() {
  command -v npm >/dev/null || missing "npm (comes with Node.js)"
}

# Looks for a program and installs its Debian package where the script was told to. Arguments: program and package (their
# names are the same), what it is.
debian_package() {
  debian_package_with "command -v $1" "$@"
}

# Likewise for what is no program. Arguments: the command that finds it, the package, what it is.
debian_package_with() {
  local find=$1
  shift
  if $find >/dev/null; then return 0; fi
  if [ -n "$install_packages" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing $1" >&2
    { apt-get install -y -q "$1" || { apt-get update -q && apt-get install -y -q "$1"; }; } </dev/null >/dev/null 2>&1 || true
    if $find >/dev/null; then return 0; fi
  fi
  missing "$1, $2 (Debian package $1)"
}

require_sqlite3() {
  debian_package sqlite3 "the SQLite shell"
}

require_zip() {
  debian_package zip "the Info-ZIP archiver"
}

require_unzip() {
  debian_package unzip "the Info-ZIP extractor"
}

require_faketime() {
  debian_package faketime "which sets the clock of a process"
}

require_pgbouncer() {
  PATH="$PATH:/usr/sbin" debian_package pgbouncer "which pools connections to PostgreSQL"
}

require_redis_server() {
  debian_package redis-server "the store behind one of the upstreams that are tested"
}

require_chromium() {
  debian_package chromium "in which the memory browser is tested"
}

require_inter() {
  debian_package_with has_inter fonts-inter "the font in which the pictures of the memory browser are"
}

require_pngquant() {
  debian_package pngquant "which makes the pictures small"
}

require_wrk() {
  debian_package wrk "which sends many requests over HTTP; apt-get install wrk"
}

has_inter() {
  fc-list : family | grep -x Inter
}

require_gnu_tar() {
  tar --version 2>/dev/null | grep -q 'GNU tar' || missing "GNU tar as tar (only it can pack the same bytes again)"
}

# Installs the npm packages of src/test/node, unless those of this very lock are there already.
install_node_packages() {
  local node="$root/src/test/node"
  local installed="$node/node_modules/.installed-lock.json"
  if cmp -s "$node/package-lock.json" "$installed"; then return 0; fi
  echo "installing the npm packages of src/test/node"
  (cd "$node" && npm ci --loglevel=error </dev/null)
  cp "$node/package-lock.json" "$installed"
}

# Installs the servers of src/test/node/native with their native code, unless those of this very lock are there already.
install_native_packages() {
  local native="$root/src/test/node/native" headers options=()
  local installed="$native/node_modules/.installed-lock.json"
  if cmp -s "$native/package-lock.json" "$installed"; then return 0; fi
  echo "installing the npm packages of src/test/node/native"
  headers=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
  # Without these, node-gyp fetches the headers of Node.js from its web site.
  if [ -f "$headers/include/node/node.h" ]; then options=(--nodedir="$headers"); fi
  (cd "$native" && npm ci --omit=optional --ignore-scripts --loglevel=error </dev/null \
    && npm rebuild better-sqlite3 "${options[@]}" --loglevel=error </dev/null \
    && node -e "new (require('better-sqlite3'))(':memory:')")
  cp "$native/package-lock.json" "$installed"
}

# Builds the jar and compiles the tests, and notes their class path in target/test-classpath.
build_tests() {
  (cd "$root" && mvn -q -B package -DskipTests -Dspotless.check.skip dependency:build-classpath \
    -Dmdep.includeScope=test -Dmdep.outputFile=target/test-classpath </dev/null)
}

# The java program that builds and runs.
java_command() {
  if [ -n "${JAVA_HOME:-}" ]; then echo "$JAVA_HOME/bin/java"; else echo java; fi
}

# Runs a main class of the tests against the built jar. Arguments: the class and what it takes.
exec_test_class() {
  exec "$(java_command)" -cp "$root/target/test-classes:$root/target/classes:$(cat "$root/target/test-classpath")" \
    -Dunified-memory.jar="$root/target/unified-memory-mcp.jar" -Dunified-memory.node="$root/src/test/node" "$@"
}

# Builds the jar, its bill of materials and its class path, unless they are newer than their sources.
build_jar() {
  local jar="$root/target/unified-memory-mcp.jar"
  if [ -f "$jar" ] && [ -f "$root/target/bom.json" ] && [ -f "$root/target/runtime-classpath" ] \
    && [ -z "$(find "$root/pom.xml" "$root/src/main" -newer "$jar" -print -quit)" ]; then
    return 0
  fi
  echo "building target/unified-memory-mcp.jar" >&2
  (cd "$root" && mvn -q -B package -Dmaven.test.skip -Dspotless.check.skip </dev/null)
}
