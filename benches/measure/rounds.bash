# Servers measured side by side by the CPU time of a request, in rounds that take turns: for the scripts that source it.
#
# They start the servers, call `rounds` for the figures and `judge` for the table, and define `load`, which is given the name
# of a server, puts it under load and prints how many requests it has answered. Needs `processes.bash`.

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
