# Starts and ends the simulated WhatsApp; to be sourced.
#
#     start_simulator OPENWATI FOLDER    sets `graph`, the address of its Graph API; it logs to FOLDER/sim.log
#     stop_simulator

simulator=

start_simulator() {
    local deadline=$((SECONDS + 30))
    # The number that it has of its own is nobody's before somebody connects it.
    "$1" sim --port 0 --data-dir "$2/sim" --speed 20 --callback-url http://127.0.0.1:9/ \
        >"$2/sim.log" 2>&1 </dev/null &
    simulator=$!
    until graph=$(of_simulator "$2" 'Graph API') && [ -n "$graph" ]; do
        if [ $SECONDS -ge $deadline ] || ! kill -0 "$simulator" 2>/dev/null; then
            cat "$2/sim.log" >&2
            echo "error: the simulated WhatsApp did not start" >&2
            exit 1
        fi
        sleep 0.1
    done
}

# What it says of itself: `of_simulator FOLDER 'App secret'`.
of_simulator() {
    sed -n "s/^ *$2  *//p" "$1/sim.log"
}

stop_simulator() {
    if [ -n "$simulator" ]; then
        kill "$simulator" 2>/dev/null || true
        wait "$simulator" 2>/dev/null || true
    fi
}
