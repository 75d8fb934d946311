# Shared by ./run and ./test; sourced, never run. Expects $root.
# Everything here talks on stderr, so that `./run parse --json FILE | jq` gets nothing but JSON.

say() { printf '%s\n' "$*" >&2; }

# ensure_packages LIST...: installs what is missing of scripts/packages-LIST.txt, as root or by sudo.
# ORGO_SKIP_INSTALL=1 leaves the machine alone.
ensure_packages() {
  [ -n "${ORGO_SKIP_INSTALL:-}" ] && return 0
  local list line name missing=() files=()
  for list in "$@"; do files+=("$root/scripts/packages-$list.txt"); done
  if ! command -v dpkg-query >/dev/null; then
    say "This is not a Debian system. Install these by hand, then set ORGO_SKIP_INSTALL=1 and try again:"
    say "$(grep -hv '^#' "${files[@]}" | sed 's/|.*//' | tr '\n' ' ')"
    exit 1
  fi
  local installed
  installed=" $(dpkg-query -W -f='${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p' | tr '\n' ' ') "
  while read -r line; do
    local found=
    for name in ${line//|/ }; do
      case "$installed" in *" $name "*) found=1; break ;; esac
    done
    [ -n "$found" ] || missing+=("$line")
  done < <(grep -hv '^#' "${files[@]}")
  [ ${#missing[@]} -eq 0 ] && return 0

  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
      as_root=(sudo)
    else
      say "Some packages are missing. Type this as root, then try again:"
      say "  apt-get update && apt-get install -y --no-install-recommends ${missing[*]%%|*}"
      exit 1
    fi
  fi
  say "Installing from Debian: ${missing[*]%%|*}"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
  local wanted=()
  for line in "${missing[@]}"; do wanted+=("$(first_known "$line")"); done
  # A fresh Postfix must not start a mail server of its own on this machine: the tests bring their own configuration.
  if [[ " ${wanted[*]} " == *" postfix "* ]] && command -v debconf-set-selections >/dev/null; then
    printf 'postfix postfix/main_mailer_type select No configuration\n' | "${as_root[@]}" debconf-set-selections
  fi
  # Nor must a fresh server of the others: not now (policy-rc.d) and not at the next boot (disabled below). One that was
  # there stays as it is.
  local fresh=() policy=''
  [[ " ${wanted[*]} " != *" dovecot-"* || "$installed" == *" dovecot-core "* ]] || fresh+=(dovecot)
  [[ " ${wanted[*]} " != *" postgresql"* || "$installed" == *" postgresql-common "* ]] || fresh+=(postgresql)
  for name in etcd-server haproxy patroni pgbouncer rabbitmq-server redis-server; do
    [[ " ${wanted[*]} " != *" $name "* || "$installed" == *" $name "* ]] || fresh+=("$name")
  done
  [[ " ${fresh[*]} " != *" rabbitmq-server "* ]] || fresh+=(epmd)  # Erlang's, which comes with it
  [[ " ${fresh[*]} " != *" etcd-server "* ]] || fresh+=(etcd)  # as its service is called
  if [ ${#fresh[@]} -gt 0 ]; then
    if [ ! -e /usr/sbin/policy-rc.d ]; then
      policy=/usr/sbin/policy-rc.d
      printf '#!/bin/sh\ncase $1 in dovecot*|epmd*|etcd*|haproxy*|patroni*|pgbouncer*|postgresql*|rabbitmq*|redis*) exit 101 ;; esac\nexit 0\n' | "${as_root[@]}" tee "$policy" >/dev/null
      "${as_root[@]}" chmod 755 "$policy"
    fi
  fi
  local failed=''
  # --no-remove: nothing that is on this machine may go for our sake.
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends --no-remove -o Dpkg::Use-Pty=0 "${wanted[@]}" >"$(log_file apt)" 2>&1 || {
      tail -n 15 "$(log_file apt)" >&2
      say "apt-get could not install: ${wanted[*]}. The whole output is in $(log_file apt)."
      failed=1
    }
  [ -z "$policy" ] || "${as_root[@]}" rm -f "$policy"
  local service
  for service in "${fresh[@]}"; do
    command -v systemctl >/dev/null || continue
    "${as_root[@]}" systemctl --quiet disable "$service.service" "$service.socket" >/dev/null 2>&1 || true
  done
  [ -z "$failed" ]
}

# first_known "a|b": the first name that apt knows, the first name when it knows none.
first_known() {
  local name
  for name in ${1//|/ }; do
    if apt-cache show "$name" >/dev/null 2>&1; then printf '%s' "$name"; return; fi
  done
  printf '%s' "${1%%|*}"
}

log_file() { mkdir -p "$root/build"; printf '%s/build/%s.log' "$root" "$1"; }

# A compiler takes up to 1.5 GB for the largest files: no more of them than memory allows.
jobs_of_build() {
  local cores gigabytes
  cores=$(nproc)
  gigabytes=$(awk '/^MemAvailable/ { print int($2 / 1500000) }' /proc/meminfo)
  [ "$gigabytes" -lt 1 ] && gigabytes=1
  printf '%s' $((cores < gigabytes ? cores : gigabytes))
}

# build PRESET TARGET CMAKE-OPTION...: configures (its output is shown only when it fails) and builds with progress.
build() {
  local preset=$1 target=$2
  shift 2
  if ! (cd "$root" && cmake --preset "$preset" "$@") >"$(log_file configure-"$preset")" 2>&1; then
    tail -n 40 "$(log_file configure-"$preset")" >&2
    say "Configuring failed; the whole output is in $(log_file configure-"$preset")."
    exit 1
  fi
  say "Building (build/$preset, $(jobs_of_build) at a time) ..."
  local started=$SECONDS
  if ! (cd "$root" && NINJA_STATUS='[%f/%t] ' cmake --build --preset "$preset" --target "$target" -j "$(jobs_of_build)") >&2; then
    say "The build failed; the first error above says where."
    exit 1
  fi
  say "Built in $((SECONDS - started)) s."
}
