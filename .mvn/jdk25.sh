# Finds a JDK 25. Read by cryonext and mvnw; POSIX shell, starts no other program while it looks, so it takes
# milliseconds. Maven needs it because it often runs on an older JDK than the one this project is for.

# True if the folder $1 holds a JDK 25, judged by its release file.
is_jdk25() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  while IFS= read -r release_line || [ -n "$release_line" ]; do
    case $release_line in
      JAVA_VERSION=\"25[.\"+-]*) return 0 ;;
    esac
  done <"$1/release"
  return 1
}

# Follows the symbolic links of the file $1 to the end; the result is in $real_path.
follow_links() {
  real_path=$1
  case $real_path in
    */*) ;;
    *) real_path=./$real_path ;;
  esac
  while [ -h "$real_path" ]; do
    link_target=$(readlink "$real_path")
    case $link_target in
      /*) real_path=$link_target ;;
      *) real_path=${real_path%/*}/$link_target ;;
    esac
  done
}

# Sets JDK25 to the folder of a JDK 25: JAVA25_HOME, JAVA_HOME, PATH, then the folders where systems keep their JDKs
# (CRYONEXT_JDK_FOLDER, if set, is one folder of JDKs that stands for all of these). Without one: a sentence, status 1.
find_jdk25() {
  JDK25=
  if [ -n "${JAVA25_HOME:-}" ]; then
    if is_jdk25 "$JAVA25_HOME"; then
      JDK25=$JAVA25_HOME
      return 0
    fi
    echo "JAVA25_HOME is $JAVA25_HOME, which is not a JDK 25 (its file 'release' does not say so): set it to the folder of one, or unset it to have one looked for." >&2
    return 1
  fi
  if [ -n "${JAVA_HOME:-}" ] && is_jdk25 "$JAVA_HOME"; then
    JDK25=$JAVA_HOME
    return 0
  fi

  old_ifs=$IFS
  IFS=:
  for folder in $PATH; do
    [ -x "$folder/javac" ] || continue
    follow_links "$folder/javac"
    folder=${real_path%/*}
    if is_jdk25 "${folder%/*}"; then
      JDK25=${folder%/*}
      break
    fi
  done
  IFS=$old_ifs
  [ -z "$JDK25" ] || return 0

  if [ -n "${CRYONEXT_JDK_FOLDER:-}" ]; then
    set -- "$CRYONEXT_JDK_FOLDER"/*
  else
    home=${HOME:-/nonexistent}
    set -- /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/* /opt/java/* /opt/jdk/* /usr/local/openjdk-25 \
      "$home"/.sdkman/candidates/java/* "$home"/.jdks/* "$home"/.gradle/jdks/* "$home"/.asdf/installs/java/* \
      "$home"/.local/share/mise/installs/java/* \
      /Library/Java/JavaVirtualMachines/*/Contents/Home "$home"/Library/Java/JavaVirtualMachines/*/Contents/Home \
      /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
      /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /home/linuxbrew/.linuxbrew/opt/openjdk*/libexec
  fi
  for folder; do
    if is_jdk25 "$folder"; then
      JDK25=$folder
      return 0
    fi
  done
  echo "CryoNeXt needs JDK 25 and none was found in JAVA25_HOME, JAVA_HOME, PATH and the usual folders: install one (https://adoptium.net, 'sdk install java 25-tem', 'brew install openjdk@25' or the package openjdk-25-jdk where your system has it), or set JAVA25_HOME to the folder of yours." >&2
  return 1
}
