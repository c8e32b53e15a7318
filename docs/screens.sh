#!/usr/bin/env bash
# The states of the tree, the library and comparisons as text and as pictures, into docs/screens: what the README shows, made again by anybody.
#     docs/screens.sh PROGRAM [NAME …]
# Needs tmux; for the pictures PYTHON (default: python3) with Pillow, and DejaVu Sans Mono. Fashion-MNIST and WordNet only.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1")
shift
python=${PYTHON:-python3}
homes=$(mktemp -d)
socket=screens-$$
trap 'tmux -L "$socket-${name:-}" kill-server 2>/dev/null || true; sleep 1; rm -rf "$homes"' EXIT

# name, dataset, columns, rows; then the keys, as tmux names them
states=(
  "tree fashion-mnist 120 32 j j j c"
  "make fashion-mnist 120 32 m j Left"
  "split fashion-mnist 120 32 / c l o t h i n g Enter A / f o o t w e a r Enter B / b a g Enter b w"
  "collage fashion-mnist 120 32 / c l o t h i n g Enter A / f o o t w e a r Enter B P"
  "policy fashion-mnist 120 32 - - M"
  "bookmarks wordnet 120 32 / t e r r i e r Enter b / o a k Enter b '"
  "history fashion-mnist 120 32 - - / b a g Enter x m j j Enter H"
  "pictures fashion-mnist 80 24 j j j p"
  "consequences fashion-mnist 80 24 - - w"
  "wordnet wordnet 120 32 / t e r r i e r"
  "library fashion-mnist 120 32 - s Enter - s C-u s i x Enter - s C-u f o u r Enter 4 Down # p a p e r Enter Up"
  "compare fashion-mnist 120 32 - s Enter - s C-u s i x Enter 4 Space Down c l"
)
for state in "${states[@]}"; do
  read -r name dataset columns rows keys <<<"$state"
  [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
  tmux -L "$socket-$name" -f /dev/null new-session -d -x "$columns" -y "$rows" \
    "COLORTERM=truecolor LANG=C.UTF-8 '$program' --home '$homes/$name' --dataset $dataset --color true"
  sleep 2
  # One at a time, as somebody types them.
  for key in $keys; do
    tmux -L "$socket-$name" send-keys "$key"
    sleep 0.2
  done
  sleep 2
  tmux -L "$socket-$name" capture-pane -p >"docs/screens/$name.txt"
  tmux -L "$socket-$name" capture-pane -p -e | "$python" docs/screenshot.py "docs/screens/$name.png" "$columns" "$rows"
  tmux -L "$socket-$name" kill-server
done
