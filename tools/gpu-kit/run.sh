#!/bin/sh
# Proves and times CryoNeXt on this machine's card, and times PyTorch beside it where python3 has it.
#
#   run.sh [--seconds N] [--only cases,models,timings,tiles,torch] [--out DIR] [--quick] [--filter TEXT]
#
# Takes about N seconds (600 by default; the tiles of products only where they are asked for) and writes into DIR ($OUT, or gpu-report beside this script):
#   proof/gpu-report.md, .json      operators and whole models: what is right and what is not
#   timings/gpu-report.md, .json    what kernels and models take
#   gpu-torch.json                  what PyTorch takes
#   gpu-beside-torch.md             both beside each other
#   run.log                         all that was printed
# Exit code 0 if all that ran is right, 1 if not.
set -u

kit=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd -P)
seconds=600
only=cases,models,timings,torch
out=${OUT:-$kit/gpu-report}
more=
while [ $# -gt 0 ]; do
  case $1 in
    --seconds) seconds=$2 && shift 2 ;;
    --only) only=$2 && shift 2 ;;
    --out) out=$2 && shift 2 ;;
    --quick) more="$more --quick" && shift ;;
    --filter) more="$more --filter $2" && shift 2 ;;
    -h | --help) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | sed '/^set/d' && exit 0 ;;
    *) echo "run.sh: unknown argument $1; see run.sh --help" >&2 && exit 2 ;;
  esac
done
mkdir -p "$out" || exit 1
out=$(CDPATH= cd -- "$out" && pwd -P)
begun=$(date +%s)

wants() {
  case ,$only, in *,"$1",*) return 0 ;; *) return 1 ;; esac
}

left() {
  echo $((seconds - $(date +%s) + begun))
}

stage() {
  echo "== $1, $(($(date +%s) - begun)) s after the start"
}

unpack() {
  if command -v xz >/dev/null 2>&1; then
    xz -dc "$1"
  else
    python3 -c 'import lzma, shutil, sys; shutil.copyfileobj(lzma.open(sys.argv[1]), sys.stdout.buffer, 1 << 20)' "$1"
  fi | tar -C "$work" -x
}

unpack_all() {
  work=$kit
  [ -x "$work/runtime/bin/java" ] && [ -e "$work/kernels/sources.sha256" ] && return 0
  touch "$work/.writable" 2>/dev/null && rm "$work/.writable" || work=$(mktemp -d)
  unpack "$kit/runtime.tar.xz" && unpack "$kit/kernels.tar.xz"
}

doctor() {
  "$work/runtime/bin/java" -XX:MaxRAMPercentage=40 --add-modules jdk.incubator.vector \
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Djava.awt.headless=true \
    -Dcryonext.columns=0 -Dcryonext.cuda.kernels="$work/kernels" ${CRYONEXT_JAVA_OPTIONS:-} \
    -jar "$kit/cryonext.jar" doctor "$@"
}

run() {
  stage "the machine"
  nvidia-smi 2>&1 | head -20
  unpack_all || return 1
  code=0
  warming=
  if wants torch && wants timings && python3 -c 'import torch' 2>/dev/null; then
    # What torch.compile has to compile, it compiles while nothing is timed.
    TORCHINDUCTOR_CACHE_DIR=$work/inductor
    export TORCHINDUCTOR_CACHE_DIR
    python3 "$kit/torch/gpu_torch.py" --out "$out" --only compile --warm --seconds "$(($(left) / 3))" &
    warming=$!
  fi
  stage "doctor"
  doctor || code=1
  proof=
  wants cases && proof=cases
  wants models && proof=${proof:+$proof,}models
  share=1
  wants timings && share=$((share + 1))
  wants torch && share=$((share + 1))
  if [ -n "$proof" ]; then
    stage "proof: $proof"
    doctor --gpu --only "$proof" --seconds "$(($(left) / share))" --goldens "$kit/goldens" --out "$out/proof" $more ||
      code=1
  fi
  if [ -n "$warming" ]; then
    stage "waiting for torch.compile"
    wait "$warming"
  fi
  times=
  wants timings && times=timings
  wants tiles && times=${times:+$times,}tiles
  if [ -n "$times" ]; then
    stage "$times"
    share=1
    wants torch && share=2
    doctor --gpu --only "$times" --seconds "$(($(left) / share))" --out "$out/timings" $more || code=1
  fi
  if wants torch; then
    stage "PyTorch"
    python3 "$kit/torch/gpu_torch.py" --out "$out" --seconds "$(($(left) - 5))"
  fi
  if wants torch || wants timings; then
    stage "beside PyTorch"
    python3 "$kit/torch/gpu_torch.py" --out "$out" --beside "$out/timings/gpu-report.json"
  fi
  stage "the end, code $code"
  return $code
}

run >"$out/run.log" 2>&1 &
job=$!
tail -n +1 -f "$out/run.log" --pid=$job 2>/dev/null
wait $job
