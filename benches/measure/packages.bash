# Tools that come from the system.

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
