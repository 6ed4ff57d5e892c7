# Crates as published on crates.io, and the same with `#[with_context]` on every `async fn`: for the scripts that source it.
# Needs `measure.bash`, and `$root`, the folder of this workspace.

# Visibility and all, at the start of a line: what is in a comment is none.
async_fn='(pub(\([a-z]+\))? )?async fn '

# crate, version: prints the folder that cargo has unpacked it in
fetch() {
    mkdir -p "$work/fetch/src"
    touch "$work/fetch/src/lib.rs"
    cat > "$work/fetch/Cargo.toml" <<END
[package]
name = "fetch"
version = "0.0.0"
[workspace]
[dependencies]
$1 = "=$2"
END
    cargo metadata --quiet --format-version 1 --manifest-path "$work/fetch/Cargo.toml" |
        grep -Po "\"manifest_path\":\"\K[^\"]*/$1-$2(?=/Cargo.toml\")"
}

# folder, where from: a copy that is a workspace of its own
copy() {
    rm -rf "${1:?}"
    mkdir -p "$(dirname "$1")"
    cp -r "$2" "$1"
    rm -f "$1/Cargo.lock"
    printf '\n[workspace]\n' >> "$1/Cargo.toml"
}

# folder: puts the attribute before every `async fn` of its library, its binaries and its tests, below what other attributes
# it has, and on its line, so that all lines keep their numbers
annotate() {
    printf '\n[dependencies.contextvars]\npath = "%s"\n' "$root" >> "$1/Cargo.toml"
    find "$1/src" "$1/tests" -name '*.rs' -exec sed -E -i "s/^( *)($async_fn)/\1#[contextvars::with_context] \2/" {} +
}

# folder, pattern: how many lines start like that
count_lines() { grep -rEhc --include='*.rs' "^ *$2" "$1/src" "$1/tests" | awk '{ sum += $1 } END { print sum }'; }

count_fns() { count_lines "$1" "$async_fn"; }
count_annotated() { count_lines "$1" "#\[contextvars::with_context\] $async_fn"; }

# folder as published, folder annotated: one lock file for both
lock() {
    cargo generate-lockfile --quiet --manifest-path "$2/Cargo.toml"
    cp "$2/Cargo.lock" "$1"
    # Without what only the other one needs.
    cargo metadata --quiet --format-version 1 --manifest-path "$1/Cargo.toml" > "$work/pruned"
}
