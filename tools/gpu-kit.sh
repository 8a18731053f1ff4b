#!/bin/sh
# Packs a folder that proves CryoNeXt on a machine with an NVIDIA card and nothing else: no Java, no compiler, no network.
#
#   tools/gpu-kit.sh [--out DIR] [--arch sm_90[,sm_80...]]
#
# DIR (gpu-kit by default) gets a Java runtime, the program's jars, its kernels for these architectures, small models with
# PyTorch's tensors, and scripts that time PyTorch there as well. On the machine: DIR/run.sh --help.
# A card newer than all of them gets the newest one's PTX, which its driver finishes.
# Needs a JDK 25, and NVRTC for the kernels (./cryonext fetch cuda).
set -eu

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd -P)
out=gpu-kit
arch=sm_90
while [ $# -gt 0 ]; do
  case $1 in
    --out) out=$2 && shift 2 ;;
    --arch) arch=$2 && shift 2 ;;
    -h | --help) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | sed '/^set/d' && exit 0 ;;
    *) echo "gpu-kit.sh: unknown argument $1; see gpu-kit.sh --help" >&2 && exit 2 ;;
  esac
done

. "$root/.mvn/jdk25.sh"
find_jdk25
"$root/cryonext" --version
read -r build <"$root/.cryonext/app/current"
app=$root/.cryonext/app/$build

if [ -e "$out" ] && [ ! -e "$out/run.sh" ]; then
  echo "gpu-kit.sh: $out exists and is no kit; name another folder by --out" >&2
  exit 1
fi
rm -rf "$out"
mkdir -p "$out/lib" "$out/goldens" "$out/torch"
out=$(CDPATH= cd -- "$out" && pwd -P)

# Charts, spreadsheets and what Windows needs stay behind.
cp "$app/cryonext.jar" "$out/"
for jar in "$app"/lib/*.jar; do
  case ${jar##*/} in
    *windows* | xchart-* | fastexcel-* | opczip-* | jmustache-* | commons-math3-* | jopt-simple-*) ;;
    *) cp "$jar" "$out/lib/" ;;
  esac
done

# JCuda's natives without its PTX compiler and runtime API, which are most of them and never loaded.
for jar in "$out"/lib/jcuda-natives-*.jar; do
  mkdir "$out/natives"
  (cd "$out/natives" && "$JDK25/bin/jar" xf "$jar" && find . -name '*JNvPTXCompiler*' -delete && "$JDK25/bin/jar" cf "$jar" .)
  rm -r "$out/natives"
done

"$root/cryonext" kernels --arch "$arch" --out "$out/kernels"
sources=$(find "$out/kernels" -path '*/sm_*' -name '*.cubin' | sed 's:.*/::; s:\.cubin$::' | sort -u)
for source in $sources; do
  ls "$out"/kernels/compute_*/"$source.ptx" >/dev/null || {
    echo "gpu-kit.sh: the kit has no PTX of $source for cards newer than $arch" >&2
    exit 1
  }
done
tar -C "$out" -c kernels | xz -2 -T0 >"$out/kernels.tar.xz"
rm -r "$out/kernels"

for model in "$root"/models/src/test/resources/models/*/reference.safetensors; do
  cp -r "${model%/*}" "$out/goldens/"
done
cp "$root/tools/python/gpu_torch.py" "$root/tools/python/convnext.py" "$out/torch/"
cp "$root/tools/gpu-kit/run.sh" "$out/"

# What jdeps finds in these jars and Jackson and the reading of jars need; not the desktop, since nothing is drawn here.
modules=java.base,java.logging,java.management,java.net.http,java.xml,jdk.incubator.vector,jdk.management,jdk.unsupported,jdk.zipfs
kept=$root/tools/target/gpu-kit/runtime-$("$JDK25/bin/java" -version 2>&1 | sed -n 's/.*build \([^ ,)]*\).*/\1/p' | head -1)-$(echo "$modules" | cksum | cut -d ' ' -f 1).tar.xz
if [ ! -e "$kept" ]; then
  mkdir -p "${kept%/*}"
  rm -rf "${kept%/*}/runtime"
  "$JDK25/bin/jlink" --add-modules "$modules" --strip-debug --no-man-pages --no-header-files --compress zip-0 \
    --output "${kept%/*}/runtime"
  tar -C "${kept%/*}" -c runtime | xz -2 -T0 >"$kept.part"
  mv "$kept.part" "$kept"
  rm -rf "${kept%/*}/runtime"
fi
cp "$kept" "$out/runtime.tar.xz"

du -sm "$out" | while read -r megabytes folder; do
  echo "$folder: $megabytes MB"
  if [ "$megabytes" -gt 40 ]; then
    echo "gpu-kit.sh: that is more than the 40 MB a kit may have" >&2
    exit 1
  fi
done
