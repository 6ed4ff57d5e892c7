# mini-redis as published on crates.io, and the same with `#[with_context]` on every `async fn` of its library, its binaries
# and its tests: for the scripts that source it. Needs `processes.bash`.

version=0.4.1
root=$PWD
CARGO_TARGET_DIR=$(realpath -m "${CARGO_TARGET_DIR:-target}")/mini-redis
export CARGO_TARGET_DIR
sources=$CARGO_TARGET_DIR/sources
servers=$CARGO_TARGET_DIR/servers
# It serves a connection in one task, and `#[tokio::main]` would start a thread for each core.
export TOKIO_WORKER_THREADS=1
declare -A ports=()

# prints the folder that cargo has unpacked the crate in
fetch() {
    mkdir -p "$work/fetch/src"
    touch "$work/fetch/src/lib.rs"
    cat > "$work/fetch/Cargo.toml" <<EOF
[package]
name = "fetch"
version = "0.0.0"
[workspace]
[dependencies]
mini-redis = "=$version"
EOF
    cargo metadata --quiet --format-version 1 --manifest-path "$work/fetch/Cargo.toml" |
        grep -Po "\"manifest_path\":\"\K[^\"]*/mini-redis-$version(?=/Cargo.toml\")"
}

# name, where from: a copy that is a workspace of its own
copy() {
    rm -rf "${sources:?}/$1"
    cp -r "$2" "$sources/$1"
    rm -f "$sources/$1/Cargo.lock"
    printf '\n[workspace]\n' >> "$sources/$1/Cargo.toml"
}

# folder: puts the attribute above every `async fn` that isn't in a comment, below what other attributes it has
annotate() {
    printf '\n[dependencies.contextvars]\npath = "%s"\n' "$root" >> "$1/Cargo.toml"
    find "$1/src" "$1/tests" -name '*.rs' -exec \
        sed -E -i 's/^( *)((pub(\([a-z]+\))? )?async fn )/\1#[contextvars::with_context]\n&/' {} +
}

# folder, pattern: how many lines are like that
count_lines() { grep -rEhc "$2" "$1/src" "$1/tests" | awk '{ sum += $1 } END { print sum }'; }

# fetches and annotates it, with one lock file for both
prepare() {
    local source fns
    source=$(fetch)
    mkdir -p "$sources" "$servers"
    copy published "$source"
    copy annotated "$source"
    annotate "$sources/annotated"
    fns=$(count_lines "$sources/published" '^ *(pub(\([a-z]+\))? )?async fn ')
    echo "mini-redis $version: $(count_lines "$sources/annotated" '^ *#\[contextvars::with_context\]$') of $fns async fns annotated"

    cargo generate-lockfile --quiet --manifest-path "$sources/annotated/Cargo.toml"
    cp "$sources/annotated/Cargo.lock" "$sources/published"
    # Without what only the other one needs.
    cargo metadata --quiet --offline --format-version 1 --manifest-path "$sources/published/Cargo.toml" > "$work/pruned"
}

# name: builds its server
build() {
    cargo build --quiet --release --locked --manifest-path "$sources/$1/Cargo.toml" --bin mini-redis-server
    cp "$CARGO_TARGET_DIR/release/mini-redis-server" "$servers/$1"
}

# name: does it answer what it was told?
answers() {
    local value=$RANDOM
    [ "$(redis-cli -p "${ports[$1]}" set "key" "$value" 2>/dev/null)" = OK ] &&
        [ "$(redis-cli -p "${ports[$1]}" get "key")" = "$value" ]
}

free_port() {
    local port
    while port=$((20000 + RANDOM % 10000)) && (: < "/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
    echo "$port"
}
