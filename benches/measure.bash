# What the scripts here share: tools, a folder to work in, servers, rounds of load, instruction counts, and crates as published.
# They source it.

# ---- Tools that come from the system.

# command, the package of Debian that has it
need() {
    local sudo=''
    ! command -v "$1" >/dev/null || return 0
    if ! command -v apt-get >/dev/null; then
        echo "no $1" >&2
        return 1
    fi
    ((EUID == 0)) || sudo=sudo
    $sudo apt-get update
    $sudo apt-get install --yes --no-install-recommends "$2"
}

# ---- A folder to work in, `$work`, and servers by name: both are gone when the script ends.

work=$(mktemp -d)
declare -A pids=()

end_all() {
    ((${#pids[@]} == 0)) || kill "${pids[@]}" 2>/dev/null || true
    wait
    rm -rf "$work"
}
trap end_all EXIT

# name, command: its output goes to `$work/NAME.log`
serve() {
    local name=$1
    shift
    "$@" > "$work/$name.log" 2>&1 &
    pids[$name]=$!
}

# name, condition: waits until it is met, but no longer than the server runs, or ten seconds
await() {
    local name=$1 tries
    shift
    for ((tries = 0; tries < 100; tries++)); do
        ! "$@" || return 0
        kill -0 "${pids[$name]}" 2>/dev/null || break
        sleep 0.1
    done
    echo "$name does not serve" >&2
    cat "$work/$name.log" >&2
    return 1
}

# name: asks it to end, as Ctrl-C does
end() {
    kill -INT "${pids[$1]}"
    wait "${pids[$1]}"
    unset "pids[$1]"
}

# ---- Servers measured side by side by the CPU time of a request, in rounds that take turns.
#
# A script starts the servers, calls `rounds` for the figures and `judge` for the table, and defines `load`, which is given
# the name of a server, puts it under load and prints how many requests it has answered.

# name: nanoseconds of CPU time that the server's threads have had
cpu() { cat "/proc/${pids[$1]}/task"/*/schedstat | awk '{ sum += $1 } END { printf "%.0f\n", sum }'; }

# how many, names: after a load that warms all of them up, a line for each name and round, "name nanoseconds requests"
rounds() {
    local rounds=$1 round name before answered order reversed=()
    shift
    for name in "$@"; do
        load "$name" > "$work/warm-up"
        reversed=("$name" "${reversed[@]}")
    done
    for ((round = 0; round < rounds; round++)); do
        # Who comes first has other neighbours than who comes last.
        order=("$@")
        ((round % 2 == 0)) || order=("${reversed[@]}")
        for name in "${order[@]}"; do
            before=$(cpu "$name")
            answered=$(load "$name")
            echo "$name $(($(cpu "$name") - before)) $answered"
        done
    done
}

# the lines of `rounds`, peer, "name=budget": the table; fails if the median of a server's ratios to the peer, round by
# round, is over its budget
judge() {
    awk -v peer="$2" -v budgets="${*:3}" '
        # values of `a` from 1 to n, sorted: the one at that share of them, between two neighbours if need be
        function at(a, n, share,    place, low) {
            place = 1 + (n - 1) * share
            low = int(place)
            return low == n ? a[n] : a[low] + (place - low) * (a[low + 1] - a[low])
        }
        function sort(a, n,    i, j, x) {
            for (i = 2; i <= n; i++) {
                x = a[i]
                for (j = i - 1; j > 0 && a[j] > x; j--) a[j + 1] = a[j]
                a[j + 1] = x
            }
        }
        BEGIN {
            for (i = split(budgets, pairs, " "); i > 0; i--) {
                split(pairs[i], pair, "=")
                budget[pair[1]] = pair[2]
            }
        }
        $2 <= 0 || $3 <= 0 { bad = bad "\nnot a measurement: " $0; next }
        !($1 in rounds) { names[++count] = $1 }
        { cost[$1, ++rounds[$1]] = $2 / $3 / 1000 }
        END {
            if (bad || !(peer in rounds)) {
                print "nothing to judge" bad > "/dev/stderr"
                exit 1
            }
            printf "%-12s %10s  %-7s %-17s %s\n", "", "µs CPU", "ratio", "quartiles", "budget"
            for (i = 1; i <= count; i++) {
                name = names[i]
                n = rounds[name]
                for (round = 1; round <= n; round++) {
                    costs[round] = cost[name, round]
                    ratios[round] = cost[name, round] / cost[peer, round]
                }
                sort(costs, n)
                sort(ratios, n)
                ratio = at(ratios, n, 0.5)
                judged = ""
                if (name in budget) {
                    over = ratio > budget[name]
                    failed += over
                    judged = "≤ " budget[name] (over ? " OVER" : " ok")
                }
                printf "%-12s %10.2f  %-7.3f %.3f to %-9.3f %s\n", name, at(costs, n, 0.5), ratio,
                    at(ratios, n, 0.25), at(ratios, n, 0.75), judged
            }
            for (name in budget) if (!(name in rounds)) {
                print name " was not measured" > "/dev/stderr"
                failed++
            }
            exit failed > 0
        }
    ' "$1"
}

# ---- Instructions of a request under callgrind.
#
# A script defines `execute`, which is given a name and a number of requests and runs that program so often under
# `callgrind`. The numbers are `$few` and `$many`, so that the start of the process cancels out.

# name, requests, command: takes the place of the shell, so that who started that one has the process's id
callgrind() {
    local out=$work/$1-$2.out
    shift 2
    exec env -i PATH="$PATH" "${environment[@]}" valgrind --quiet --tool=callgrind --callgrind-out-file="$out" "$@"
}

# name, requests: the instructions of the whole process
collected() { awk '/^totals:/ { print $2; found = 1 } END { exit !found }' "$work/$1-$2.out"; }

# name: it and the instructions of a request
count() {
    local once often
    execute "$1" "$few"
    execute "$1" "$many"
    once=$(collected "$1" "$few")
    often=$(collected "$1" "$many")
    echo "$1 $(((often - once + (many - few) / 2) / (many - few)))"
}

# lines of `count`, peer: the table
compare() {
    awk -v peer="$2" '
        NR == FNR { counted[$1] = $2; next }
        FNR == 1 { printf "%-12s %12s  %s\n", "", "instructions", "beside " peer }
        { printf "%-12s %12d  %+6d  %.3f ×\n", $1, $2, $2 - counted[peer], $2 / counted[peer] }
    ' "$1" "$1"
}

# name, requests, folders: instructions, source file and function, without what leads to the file
places() {
    local out=$work/$1-$2.out folder strip=()
    shift 2
    for folder in "$@"; do strip+=(-e "s,\t$folder/,\t,"); done
    callgrind_annotate --threshold=100 --auto=no --show-percs=no "$out" |
        sed -nE 's/^ *([0-9,]+) +([^: ]+):(.*)$/\1\t\2\t\3/p' |
        sed -E "${strip[@]}" -e 's,\t[^\t]*/registry/src/[^/]*/,\t,' -e 's,\t/rustc/[^/]*/,\t,' -e 's, \[[^]]*\]$,,' \
            -e "s,'[0-9]+$,,"
}

# name, peer, folders: the instructions by which a request differs, source file and function
changes() {
    local name=$1 peer=$2 counted sign of requests
    shift 2
    for counted in "1 $name $many" "-1 $name $few" "-1 $peer $many" "1 $peer $few"; do
        read -r sign of requests <<< "$counted"
        places "$of" "$requests" "$@" | sed "s/^/$sign\t/"
    done | awk -F '\t' -v OFS='\t' -v requests=$((many - few)) '
        { gsub(",", "", $2); sum[$3 OFS $4] += $1 * $2 / requests }
        END { for (place in sum) if (sum[place] != 0) print sum[place], place }
    '
}

# 1 to sum up by file, 2 by file and function; name, peer, folders: what of `changes` is more than a few
differences() {
    local level=$1
    shift
    changes "$@" | awk -F '\t' -v level="$level" '
        { sum[level == 1 ? $2 : $2 "  " $3] += $1 }
        END { for (place in sum) if (sum[place]^2 >= 100) printf "%+8d  %s\n", sum[place], place }
    ' | sort -rn
}

# ---- Crates as published on crates.io, and the same with `#[with_context]` on every `async fn`.
#
# A script sets `$root`, the folder of this workspace.

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
