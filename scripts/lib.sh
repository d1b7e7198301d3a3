# shellcheck shell=bash
# What scripts/test and scripts/demo share. Sourced, not run.

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# Administrators' tools are often not on a user's path.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
# rustup puts cargo here, and a new login would find it.
if ! command -v cargo >/dev/null && [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then
  PATH=${CARGO_HOME:-$HOME/.cargo}/bin:$PATH
fi

has() { command -v "$1" >/dev/null 2>&1; }

# Whether a C program could be linked with -lNAME: asked of the compiler, which knows where to look.
has_library() {
  local found
  found=$("${CC:-cc}" -print-file-name="lib$1.so" 2>/dev/null) && [ "$found" != "lib$1.so" ]
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif has sudo; then
    sudo "$@"
  else
    die "This needs root, and there is no sudo here. Please run as root: $*"
  fi
}

# install_packages PACKAGE...: with apt, saying so first; nothing happens when no package is named.
install_packages() {
  [ $# -gt 0 ] || return 0
  has apt-get || die "Missing here: $* (names of Debian and Ubuntu). Please install them and start again."
  say "Installing: $*"
  # Capturing without root is a question that the package would ask; the answer is no, and can be changed later.
  case " $* " in
    *" tshark "*)
      if has debconf-set-selections; then
        echo 'wireshark-common wireshark-common/install-setuid boolean false' | as_root debconf-set-selections
      fi
      ;;
  esac
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

# need_build_tools NAME: adds what the build itself wants to the array of that name.
need_build_tools() {
  local -n wanted=$1
  has cargo || die "cargo is missing: install the Rust toolchain from https://rustup.rs and start again."
  has "${CC:-cc}" || wanted+=(gcc libc6-dev)
  has_library pcap || wanted+=(libpcap-dev)
}

# need_lab_tools NAME: adds what the lab of network namespaces wants to the array of that name.
need_lab_tools() {
  local -n wanted_too=$1
  has nft || wanted_too+=(nftables)
  { has ip && has tc; } || wanted_too+=(iproute2)
  { has nsenter && has unshare && has setpriv; } || wanted_too+=(util-linux)
  has ethtool || wanted_too+=(ethtool)
  has tcpdump || wanted_too+=(tcpdump)
  { has tshark && has dumpcap; } || wanted_too+=(tshark)
}

# Whether a network of one's own can be had without root.
has_user_namespaces() { unshare --user --map-root-user --net true 2>/dev/null; }

# need_browser NAME: adds the browser that shows pages to the array of that name, where the system offers one as a package
# (Debian does; Ubuntu's is a snap, which containers cannot install).
need_browser() {
  local -n wanted_as_well=$1
  has chromium || has chromium-browser || has google-chrome || has chrome && return
  if grep -qx 'ID=debian' /etc/os-release 2>/dev/null; then
    wanted_as_well+=(chromium)
  else
    say "There is no Chromium: the tests that look at pages in a browser are skipped."
  fi
}
