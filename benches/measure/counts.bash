# Instructions of a request under callgrind: for the scripts that source it. Needs `processes.bash`.
#
# They define `execute`, which is given a name and a number of requests and runs that program so often under `callgrind`.
# The numbers are `$few` and `$many`, so that the start of the process cancels out.

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
