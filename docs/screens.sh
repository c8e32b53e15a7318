#!/usr/bin/env bash
# The states of the screens as text and as pictures, and docs/screens/README.md that shows them all: made again by anybody.
#     docs/screens.sh PROGRAM [NAME …]
# Needs tmux; for the pictures PYTHON (default: python3) with Pillow, and DejaVu Sans Mono. Fashion-MNIST and WordNet only. What is shown of
# runs is trained for it, for some minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1")
shift
python=${PYTHON:-python3}
homes=$(mktemp -d)
socket=screens-$$
trap 'tmux -L "$socket-${name:-}" kill-server 2>/dev/null || true; stop_training; sleep 1; rm -rf "$homes"' EXIT

split="/ c l o t h i n g Enter A / f o o t w e a r Enter B"
three="- s Enter - s C-u s i x Enter - s C-u f o u r Enter 4"
# name | what it shows | dataset, columns, rows | the keys, as tmux names them | whether runs are there
states=(
  "tree|The tree: j and k move, c makes one class of all below|fashion-mnist 120 32|j j j c"
  "search|A search, while it is typed|fashion-mnist 120 32|/ s h o e"
  "marked|Marked lines, and a part of the tree left out|fashion-mnist 120 32|j j v j v x v j v"
  "filter|Filtered by what was searched, ordered by name|wordnet 120 32|S / t e r r i e r Enter f"
  "wordnet|All nouns of WordNet|wordnet 120 32|/ t e r r i e r"
  "make|A made set, before it is made|fashion-mnist 120 32|m j Left"
  "split|Parts A and B of a split by hand, and what they come to|fashion-mnist 120 32|$split / b a g Enter b w"
  "collage|Random images of both parts|fashion-mnist 120 32|$split P"
  "save-parts|Saving both parts|fashion-mnist 120 32|$split W"
  "policy|The classes that another hypernym policy moves|fashion-mnist 120 32|- - M"
  "bookmarks|Bookmarks|wordnet 120 32|/ t e r r i e r Enter b / o a k Enter b '"
  "history|What was done, to go back to|fashion-mnist 120 32|- - / b a g Enter x m j j Enter H"
  "pictures|Pictures of a class, on a small terminal|fashion-mnist 80 24|j j j p"
  "consequences|All that the label set comes to, on a small terminal|fashion-mnist 80 24|- - w"
  "smallest|The smallest terminal|fashion-mnist 40 10|j j j c"
  "library|The label sets that are kept|fashion-mnist 120 32|$three Down # p a p e r Enter Up"
  "done|What was just done, and the command that does the same|fashion-mnist 120 32|$three r C-u c o a r s e Enter"
  "export|A label set as a file of another program|fashion-mnist 120 32|$three e"
  "compare|Two label sets side by side|fashion-mnist 120 32|- s Enter - s C-u s i x Enter 4 Space Down c l"
  "runs|Runs: one is live, one is lost|fashion-mnist 120 32|2|trained"
  "runs-small|Runs on a small terminal|fashion-mnist 80 24|2|trained"
  "runs-filter|A filter, while it is typed|fashion-mnist 120 32|2 / s t a t e : f i n Space a c c > . 7|trained"
  "groups|A group of runs that differ in their seed|fashion-mnist 120 32|2 b|trained"
  "crosshair|The values at the crosshair|fashion-mnist 120 32|2 G Space Up Space < < < h|trained"
  "charts|All charts|fashion-mnist 160 48|2 G Space Up Space z|trained"
  "chart|One chart, on a logarithmic axis over epochs|fashion-mnist 120 32|2 G Space Up Space z z L a|trained"
  "run|One run in full|fashion-mnist 120 40|2 G Enter|trained"
  "classes|What its classes came to, on the tree|fashion-mnist 120 32|2 G Enter i|trained"
  "lost|A run whose worker was killed|fashion-mnist 120 32|2 / k i l l e d Enter Enter|trained"
  "news|What happened since somebody last looked|fashion-mnist 120 32|2 w|trained"
  "difference|Two runs compared|fashion-mnist 120 32|2 G v Up v d|trained"
  "launch|The form that launches a training|fashion-mnist 120 32|2 t|trained"
  "neighbours|Nearest neighbours of one image by two nets, and what they share with it|fashion-mnist 140 40|2 G v k v n|trained"
  "evaluation|Which coarse classes a net has formed (Fig. 6), and its errors by the tree|fashion-mnist 120 32|2 G M|trained"
  "confusions|The confusions behind a coarse class|fashion-mnist 120 32|2 G M Enter|trained"
  "joins|Classes that a net takes for each other, as a proposal|fashion-mnist 120 32|2 G M m - - - -|trained"
  "joined|The same in the tree: what bears one number is one class|fashion-mnist 120 32|2 G M m - - - - Enter|trained"
  "induction|Whether nets on coarse classes tell fine ones apart (Fig. 4)|fashion-mnist 120 32|2 G M i|trained"
  "map|Where the images lie in the features, by the tree|fashion-mnist 120 32|2 G M p|trained"
  "studies|The studies of a home|fashion-mnist 120 32|6|trained"
  "study|A study as far as it is done, and what a cell is made of|fashion-mnist 120 32|6 Enter Right Right|trained"
  "study-figure|The figure of its report, as far as there are numbers|fashion-mnist 120 32|6 Enter f|trained"
  "study-plan|What is left of it, and what that takes|fashion-mnist 120 32|6 Enter p|trained"
  "study-small|A study on a small terminal|fashion-mnist 80 24|6 Enter|trained"
  "help|Every key|fashion-mnist 120 32|?"
  "palette|Commands by name|fashion-mnist 120 32|: p a r t"
)

# A home with finished runs, one that is lost and one that is live, on small label sets; somebody looked before the last two began.
train_runs() {
  local home=$homes/trained
  # By its name, as somebody types it: the screens show the command.
  say() { PATH=$(dirname "$program"):$PATH IMAGENET_TUI_HOME=$home imagenet-tui "$@" >/dev/null 2>&1; }
  train() { say train --dataset fashion-mnist --net alexnet-28 --workers 1 "$@"; }
  worker() { sed -n 's/.*process \([0-9]*\) on.*/\1/p' "$home"/runs/*-"$1"/log.txt; }
  say labels sample --dataset fashion-mnist --images 500 --seed 1 --save fine-500
  say labels bottom-up --dataset fashion-mnist --on fine-500 --classes 4 --save coarse-4
  train --name fine --labels fine-500 --epochs 4 --group paper &
  train --name coarse --labels coarse-4 --epochs 4 &
  wait
  train --name fine-2 --labels fine-500 --epochs 4 --seed 2 --group paper --detach
  train --name killed --labels coarse-4 --epochs 30 --detach
  # A look whose end the screens remember.
  tmux -L "$socket-look" -f /dev/null new-session -d -x 120 -y 32 "IMAGENET_TUI_HOME='$home' '$program'"
  sleep 5
  tmux -L "$socket-look" send-keys q
  sleep 2
  until ls "$home"/runs/*-fine-2/result.json >/dev/null 2>&1; do sleep 1; done
  kill -9 "$(worker killed)"
  # A study that finds its nets there, and has measured one of them.
  mkdir -p "$home/studies/coarse-or-fine"
  cat >"$home/studies/coarse-or-fine/study.yaml" <<'END'
study: 1
title: Are features of four classes as good as those of ten?
dataset: fashion-mnist
train: {net: alexnet-28, epochs: 4, seeds: [1, 2]}
nets: {fine: set fine-500, coarse: set coarse-4}
tests:
  tuned: {tune: last, labels: fine, epochs: 2}
  near: {measure: knn}
reports:
  features: {rows: nets, columns: [own, tuned, near], plot: {x: classes, left: [own, tuned], right: [near]}}
END
  say study run coarse-or-fine --yes --rows fine --columns near
  train --name live --labels fine-500 --epochs 60 --detach
  live=$(worker live)
  cp -r "$home/screens" "$homes/left"
  sleep 20
}
# Until nothing is computed any more.
settle() { while tmux -L "$socket-$name" capture-pane -p | grep -qE 'computing|searching …|measuring …|Looking (at|for) |Esc cancels'; do sleep 0.5; done; }
# Until the screen stands still: pictures come in parts. Live runs never do.
rest() {
  local before=
  for _ in 1 2 3 4 5 6 7 8; do
    [ "$before" != "$(tmux -L "$socket-$name" capture-pane -p -e)" ] || return 0
    before=$(tmux -L "$socket-$name" capture-pane -p -e)
    sleep 2
  done
}
stop_training() { [ -z "${live:-}" ] || kill "$live" 2>/dev/null || true; }

for state in "${states[@]}"; do
  IFS='|' read -r name title place keys runs <<<"$state"
  read -r dataset columns rows <<<"$place"
  [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
  home=$homes/$name
  if [ -n "$runs" ]; then
    home=$homes/trained
    [ -d "$home" ] || train_runs
    rm -rf "$home/screens"
    cp -r "$homes/left" "$home/screens"
  fi
  tmux -L "$socket-$name" -f /dev/null new-session -d -x "$columns" -y "$rows" \
    "COLORTERM=truecolor LANG=C.UTF-8 IMAGENET_TUI_HOME='$home' '$program' --dataset $dataset --color true"
  sleep 2
  # One at a time, as somebody types them.
  for key in $keys; do
    tmux -L "$socket-$name" send-keys "$key"
    sleep 0.2
    settle
  done
  sleep $((${#runs} ? 4 : 2))
  settle
  rest
  tmux -L "$socket-$name" capture-pane -p >"docs/screens/$name.txt"
  tmux -L "$socket-$name" capture-pane -p -e | "$python" docs/screenshot.py "docs/screens/$name.png" "$columns" "$rows"
  tmux -L "$socket-$name" kill-server
  # It still writes down how it was left.
  [ -z "$runs" ] || sleep 2
done

# The page shows all of them, whichever were made again.
page=docs/screens/README.md
printf '# The screens\n\nMade by [docs/screens.sh](../screens.sh) from the keys above each; `imagenet-tui --replay` plays such keys without a terminal.\n' >"$page"
for state in "${states[@]}"; do
  IFS='|' read -r name title place keys runs <<<"$state"
  {
    printf '\n## %s\n\n`%s` on %s\n\n![%s](%s.png)\n\n```\n' "$title" "${keys//\`/}" "${place%% *}" "$title" "$name"
    cat "docs/screens/$name.txt"
    printf '```\n'
  } >>"$page"
done
