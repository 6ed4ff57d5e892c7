# A folder to work in, `$work`, and servers by name: both are gone when the script that sources this ends.

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
