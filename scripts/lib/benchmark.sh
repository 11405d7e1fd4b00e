# What the start-up and the throughput benchmark share. Sourced by them, with $root set to the repository, after common.sh.

# Installs launcher and jar below the temporary folder $work and trains an archive for each Java.
prepare_installation() {
  local jar="$root/target/unified-memory-mcp.jar" java_home
  build_jar
  work=$(mktemp -d)
  mkdir -p "$work/home/bin" "$work/home/lib"
  cp "$root/src/main/launcher/unified-memory" "$work/home/bin/"
  cp -p "$jar" "$work/home/lib/"
  export UNIFIED_MEMORY_CACHE="$work/cache" UNIFIED_MEMORY_TRAIN=off
  for java_home in $(java_homes); do
    UNIFIED_MEMORY_JAVA="$java_home" "$work/home/bin/unified-memory" train >&2
  done
  prepare_hello
}

# The least that a JVM does, alone and with an archive of its own: the floor.
prepare_hello() {
  local java_home name
  printf 'public class Hello { public static void main(String[] args) { System.out.println("hello"); } }\n' >"$work/Hello.java"
  for java_home in $(java_homes); do
    [ ! -x "$java_home/bin/javac" ] || [ -f "$work/hello.jar" ] || {
      "$java_home/bin/javac" --release 17 -d "$work" "$work/Hello.java"
      "$java_home/bin/jar" --create --file "$work/hello.jar" -C "$work" Hello.class
    }
  done
  for java_home in $(java_homes); do
    name=$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$java_home/release")
    "$java_home/bin/java" "-XX:ArchiveClassesAtExit=$work/hello-$name.jsa" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
      -cp "$work/hello.jar" Hello >/dev/null 2>&1
  done
}

# The homes of every Java from 17 on, each once.
java_homes() {
  local folder version
  for folder in /usr/lib/jvm/* ${JAVA_HOME:+"$JAVA_HOME"}; do
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$folder/release" 2>/dev/null) || continue
    if [ -x "$folder/bin/java" ] && [ "${version:-0}" -ge 17 ]; then readlink -f "$folder"; fi
  done | sort -u
}

# The programs as JSON. Argument: started (also what only starts and ends), served, or installed (by the launcher, nothing else).
list_programs() {
  local java_home name separator='['
  program() { # NAME SPEAKS JAVA_HOME COMMAND ARGUMENTS...
    local json="{\"name\":\"$1\",\"speaks\":\"$2\",\"env\":{\"UNIFIED_MEMORY_JAVA\":\"$3\"},\"command\":\"$4\",\"args\":["
    shift 4
    if [ $# -gt 0 ]; then json+=$(printf '"%s",' "$@"); fi
    printf '%s%s]}' "$separator" "${json%,}"
    separator=','
  }
  for java_home in $(java_homes); do
    name=$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$java_home/release")
    [ "$1" = installed ] || program "java -jar, $name" memory "" "$java_home/bin/java" -jar "$work/home/lib/unified-memory-mcp.jar"
    program "launcher and archive, $name" memory "$java_home" "$work/home/bin/unified-memory"
    if [ "$1" = started ]; then
      program "hello world, $name" "" "" "$java_home/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$work/hello.jar" Hello
      program "hello world and archive, $name" "" "" "$java_home/bin/java" "-XX:SharedArchiveFile=$work/hello-$name.jsa" \
        -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$work/hello.jar" Hello
    fi
  done
  if [ -d "$work/image" ]; then
    program "runtime image" memory "" "$work/image/bin/unified-memory"
  fi
  [ "$1" = installed ] || program "server-memory on Node" graph "" node "$root/src/test/node/node_modules/@modelcontextprotocol/server-memory/dist/index.js"
  if [ "$1" = started ]; then program "node -e 0" "" "" node -e 0; fi
  printf ']\n'
}
