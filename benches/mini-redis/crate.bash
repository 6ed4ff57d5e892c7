# mini-redis as published on crates.io, and the same with `#[with_context]` on every `async fn` of its library, its binaries
# and its tests: for the scripts that source it. Needs `measure.bash`.

version=0.4.1
root=$PWD
CARGO_TARGET_DIR=$(realpath -m "${CARGO_TARGET_DIR:-target}")/mini-redis
export CARGO_TARGET_DIR
sources=$CARGO_TARGET_DIR/sources
servers=$CARGO_TARGET_DIR/servers
# It serves a connection in one task, and `#[tokio::main]` would start a thread for each core.
export TOKIO_WORKER_THREADS=1
declare -A ports=()

# fetches and annotates it, with one lock file for both
prepare() {
    local source name
    source=$(fetch mini-redis "$version")
    mkdir -p "$servers"
    for name in published annotated; do copy "$sources/$name" "$source"; done
    annotate "$sources/annotated"
    echo "mini-redis $version: $(count_annotated "$sources/annotated") of $(count_fns "$sources/published") async fns annotated"
    lock "$sources/published" "$sources/annotated"
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
