#!/usr/bin/env bash
# The paper's Figures 4, 5 and 6 for Fashion-MNIST and for stamps: four label sets from fine to coarse, three seeds each, into docs/figures.
#     docs/figures.sh PROGRAM HOME [DATASET …]
# Trainings that HOME has finished are not repeated, so that the script goes on where it was interrupted. Several hours on two cores.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1")
export IMAGENET_TUI_HOME=$2
shift 2
[ $# -gt 0 ] || set -- fashion-mnist stamps
out=docs/figures
seeds=(1 2 3)
run() { "$program" "$@"; }

# train RUN OPTION …: unless it is there and finished; one that was interrupted goes on.
train() {
  local name=$1
  shift
  if run runs show "$name" >/dev/null 2>&1; then
    run runs list --filter "name:$name state:finished" | grep -q "$name" || run runs resume "$name"
  else
    run train --name "$name" "$@" >/dev/null
  fi
}

for dataset; do
  case $dataset in
    fashion-mnist) net=alexnet-28 depths=(8 7 6) epochs=2 label_set_of_coarse=6 least=2 ;;
    stamps) net=alexnet-64 depths=(9 6 4) epochs=4 label_set_of_coarse=6 least=5 ;;
    *) echo "no figures of $dataset" >&2; exit 64 ;;
  esac
  [ "$dataset" != stamps ] || run data show stamps >/dev/null 2>&1 || run data make stamps
  for depth in "${depths[@]}"; do
    run labels show "$dataset-$depth" >/dev/null 2>&1 || run labels bottom-up --dataset "$dataset" --depth "$depth" --save "$dataset-$depth"
  done
  fine=() coarse=() first=()
  for seed in "${seeds[@]}"; do
    train "$dataset-fine-$seed" --dataset "$dataset" --net "$net" --epochs "$epochs" --seed "$seed"
    fine+=("$dataset-fine-$seed")
    for depth in "${depths[@]}"; do
      train "$dataset-$depth-$seed" --dataset "$dataset" --net "$net" --epochs "$epochs" --seed "$seed" --labels "$dataset-$depth"
    done
  done
  first=("$dataset-fine-1")
  for depth in "${depths[@]}"; do
    first+=("$dataset-$depth-1")
    for seed in "${seeds[@]}"; do coarse+=("$dataset-$depth-$seed"); done
  done
  run runs results "${fine[@]}" "${coarse[@]}" --by label-set >"$out/$dataset-accuracy.txt"
  baselines=()
  for run in "${fine[@]}"; do baselines+=(--baseline "$run"); done
  run induction "${coarse[@]}" "${baselines[@]}" -o "$out/$dataset-induction.png" >"$out/$dataset-induction.txt"
  for seed in "${seeds[@]}"; do
    run coarse-fine "$dataset-fine-$seed" --labels "$dataset-$label_set_of_coarse" --min-members "$least" --top 0 \
      -o "$out/$dataset-coarse-fine-$seed.png" >"$out/$dataset-coarse-fine-$seed.txt"
  done
  run neighbours "${first[@]}" --query 0 -k 8 --labels "$dataset-$label_set_of_coarse" >"$out/$dataset-neighbours.txt"
  # Photographs of others stay on the machine that has them.
  [ "$dataset" = stamps ] || run neighbours "${first[@]}" --query 0 -k 8 --labels "$dataset-$label_set_of_coarse" -o "$out/$dataset-neighbours.png" >/dev/null
done
