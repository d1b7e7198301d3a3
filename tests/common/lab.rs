//! The network of the assignment on one machine: two homes behind two NAT routers, as four network namespaces.
//!
//! ```text
//!   home A            router A                           router B            home B
//!   192.168.1.10 ---- 192.168.1.1 | 203.0.113.1 ======== 203.0.113.2 | 192.168.2.1 ---- 192.168.2.20
//!   eth0              lan           wan                  wan           lan              eth0
//!                     masquerade                         masquerade, UDP 5005 forwarded to home B
//! ```
//!
//! Each namespace is kept alive by a process (the holder) that reads a pipe held by the test, so the namespaces end
//! with the test, however it ends. Nothing is written to `/run/netns`, and no command that changes a network runs in
//! the test's own namespace. Without root, a user namespace gives the rights; as root, network namespaces are enough
//! (inside a chroot the kernel refuses user namespaces).
//!
//! [`Lab::add_ipv6`] adds IPv6, routed from home to home (`fd00:a::/64`, `fd00:b::/64`) without NAT.
//!
//! Neighbour entries are static, so that the first message does not wait for ARP. Checksum offload is left unchanged.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs};

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};

use super::rerun;

/// Home A's computer, where the client runs.
pub const HOME_A: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 10);
/// Router A on its LAN: the gateway of home A.
pub const ROUTER_A_LAN: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 1);
/// Router A on its WAN: the client's address as the server sees it.
pub const ROUTER_A_WAN: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 1);
/// Router B on its WAN: the server's address as the client sees it.
pub const ROUTER_B_WAN: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 2);
/// Router B on its LAN: the gateway of home B.
pub const ROUTER_B_LAN: Ipv4Addr = Ipv4Addr::new(192, 168, 2, 1);
/// Home B's computer, where the server runs.
pub const HOME_B: Ipv4Addr = Ipv4Addr::new(192, 168, 2, 20);
/// Home A on its second link, once [`Lab::add_second_link`] has made it.
pub const HOME_A_2: Ipv4Addr = Ipv4Addr::new(192, 168, 3, 10);
/// Router A on home A's second link.
const ROUTER_A_LAN_2: Ipv4Addr = Ipv4Addr::new(192, 168, 3, 1);
/// Home A's IPv6 address; there is no NAT for IPv6.
pub const HOME_A_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xa, 0, 0, 0, 0, 0, 0x10);
/// Home B's IPv6 address.
pub const HOME_B_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xb, 0, 0, 0, 0, 0, 0x20);
/// The UDP port that router B forwards to home B from the start.
pub const PORT: u16 = 5005;

const HOME_DEVICE: &str = "eth0";
/// Home A's device on its second link.
pub const SECOND_DEVICE: &str = "eth1";
/// A router's device on its LAN.
pub const LAN_DEVICE: &str = "lan";
const WAN_DEVICE: &str = "wan";

/// The programs that a lab needs. A missing one is found before anything is built.
const TOOLS: [&str; 8] = ["cat", "ip", "nft", "nsenter", "setpriv", "sh", "tc", "unshare"];

/// One of the two homes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The client's home.
    A,
    /// The server's home.
    B,
}

/// The transport protocol of a forwarded port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Tcp,
    Udp,
}

/// Two homes, two routers and the link between them. Dropping it removes everything.
pub struct Lab {
    home_a: Host,
    router_a: Host,
    router_b: Host,
    home_b: Host,
}

impl Lab {
    /// Builds a lab for the test of this name. `None`, after a report on stderr, where this machine does not allow it.
    ///
    /// # Panics
    /// With `MEDIDOR_LAB=required`, where it cannot be built.
    pub fn build(test_name: &str) -> Option<Self> {
        match Self::try_build(test_name) {
            Ok(lab) => Some(lab),
            Err(why) => {
                super::skip(test_name, &why);
                None
            }
        }
    }

    fn try_build(test: &str) -> Result<Self, String> {
        if let Some(missing) = TOOLS.iter().find(|tool| !is_installed(tool)) {
            return Err(format!("{missing} is not installed"));
        }
        let first = Rights::of_this_process();
        let home_a = Host::create(test, "home A", HOME_A, HOME_DEVICE, first)?;
        // The first holder owns the user namespace, if there is one; the other networks are made inside it.
        let rights = if first == Rights::NewUserNamespace { Rights::UserNamespaceOf(home_a.pid()) } else { first };
        let router_a = Host::create(test, "router A", ROUTER_A_WAN, WAN_DEVICE, rights)?;
        let router_b = Host::create(test, "router B", ROUTER_B_WAN, WAN_DEVICE, rights)?;
        let home_b = Host::create(test, "home B", HOME_B, HOME_DEVICE, rights)?;
        let lab = Self { home_a, router_a, router_b, home_b };

        let (home_a, router_a, router_b, home_b) = (&lab.home_a, &lab.router_a, &lab.router_b, &lab.home_b);
        router_a.create_veth(LAN_DEVICE, ROUTER_A_LAN, home_a, HOME_DEVICE, HOME_A)?;
        router_a.create_veth(WAN_DEVICE, ROUTER_A_WAN, router_b, WAN_DEVICE, ROUTER_B_WAN)?;
        router_b.create_veth(LAN_DEVICE, ROUTER_B_LAN, home_b, HOME_DEVICE, HOME_B)?;
        for (home, gateway) in [(home_a, ROUTER_A_LAN), (home_b, ROUTER_B_LAN)] {
            home.run("ip", &["route", "add", "default", "via", &gateway.to_string()])?;
        }
        for router in [router_a, router_b] {
            router.run("sh", &["-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"])?;
            router.nft(&format!(
                "table ip nat {{\n\
                 chain prerouting {{ type nat hook prerouting priority -100; }}\n\
                 chain postrouting {{ type nat hook postrouting priority 100; oifname {WAN_DEVICE} masquerade; }}\n\
                 }}"
            ))?;
        }
        lab.try_forward(Side::B, Transport::Udp, PORT)?;
        Ok(lab)
    }

    /// The client's computer.
    pub fn home_a(&self) -> &Host {
        &self.home_a
    }

    /// The client's router.
    pub fn router_a(&self) -> &Host {
        &self.router_a
    }

    /// The server's router.
    pub fn router_b(&self) -> &Host {
        &self.router_b
    }

    /// The server's computer.
    pub fn home_b(&self) -> &Host {
        &self.home_b
    }

    /// The router of a home.
    pub fn router(&self, side: Side) -> &Host {
        match side {
            Side::A => &self.router_a,
            Side::B => &self.router_b,
        }
    }

    /// The address at which a client reaches the server on [`PORT`]: router B's WAN address.
    pub fn server_address(&self) -> SocketAddr {
        (self.router_b.address(), PORT).into()
    }

    /// Forwards another port of a home's router to the same port of the computer behind it. For a port that is not
    /// forwarded the router returns an ICMP error.
    ///
    /// # Panics
    /// When the router refuses the rule.
    pub fn forward(&self, side: Side, transport: Transport, port: u16) {
        self.try_forward(side, transport, port).unwrap_or_else(|why| panic!("{why}"));
    }

    /// Adds IPv6 to all hosts: home A and home B reach each other at [`HOME_A_V6`] and [`HOME_B_V6`]. `None`, after a
    /// report on stderr, where this machine has no IPv6.
    ///
    /// # Panics
    /// With `MEDIDOR_LAB=required`, where this machine has no IPv6.
    pub fn add_ipv6(&self) -> Option<()> {
        self.try_ipv6().map_err(|why| super::skip(&format!("{}: IPv6", self.home_a.test()), &why)).ok()
    }

    fn try_ipv6(&self) -> Result<(), String> {
        let (home_a, router_a, router_b, home_b) = (&self.home_a, &self.router_a, &self.router_b, &self.home_b);
        for (host, device, address) in [
            (home_a, HOME_DEVICE, "fd00:a::10/64"),
            (router_a, LAN_DEVICE, "fd00:a::1/64"),
            (router_a, WAN_DEVICE, "fd00:c::1/64"),
            (router_b, WAN_DEVICE, "fd00:c::2/64"),
            (router_b, LAN_DEVICE, "fd00:b::1/64"),
            (home_b, HOME_DEVICE, "fd00:b::20/64"),
        ] {
            // The address is unique here, and duplicate address detection would delay it.
            host.run("ip", &["-6", "address", "add", address, "dev", device, "nodad"])?;
        }
        for (host, to, gateway) in [
            (home_a, "default", "fd00:a::1"),
            (router_a, "fd00:b::/64", "fd00:c::2"),
            (router_b, "fd00:a::/64", "fd00:c::1"),
            (home_b, "default", "fd00:b::1"),
        ] {
            host.run("ip", &["-6", "route", "add", to, "via", gateway])?;
        }
        for router in [router_a, router_b] {
            router.run("sh", &["-c", "echo 1 > /proc/sys/net/ipv6/conf/all/forwarding"])?;
        }
        // As with ARP, the first message must not wait for neighbour discovery.
        for (host, device, neighbour, of) in [
            (home_a, HOME_DEVICE, "fd00:a::1", ROUTER_A_LAN),
            (router_a, LAN_DEVICE, "fd00:a::10", HOME_A),
            (router_a, WAN_DEVICE, "fd00:c::2", ROUTER_B_WAN),
            (router_b, WAN_DEVICE, "fd00:c::1", ROUTER_A_WAN),
            (router_b, LAN_DEVICE, "fd00:b::20", HOME_B),
            (home_b, HOME_DEVICE, "fd00:b::1", ROUTER_B_LAN),
        ] {
            let mac = hardware_address(of);
            host.run("ip", &["neighbour", "replace", neighbour, "lladdr", &mac, "dev", device, "nud", "permanent"])?;
        }
        Ok(())
    }

    /// Adds a second link between home A ([`SECOND_DEVICE`]) and router A. No route uses it yet.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn add_second_link(&self) {
        let made = self.router_a.create_veth("lan2", ROUTER_A_LAN_2, &self.home_a, SECOND_DEVICE, HOME_A_2);
        made.unwrap_or_else(|why| panic!("{why}"));
    }

    /// Moves home A's default route to the second link.
    ///
    /// # Panics
    /// When home A refuses the route.
    pub fn move_to_second_link(&self) {
        let gateway = ROUTER_A_LAN_2.to_string();
        let arguments = ["route", "replace", "default", "via", &gateway, "dev", SECOND_DEVICE];
        self.home_a.run("ip", &arguments).unwrap_or_else(|why| panic!("{why}"));
    }

    fn try_forward(&self, side: Side, transport: Transport, port: u16) -> Result<(), String> {
        let home = match side {
            Side::A => HOME_A,
            Side::B => HOME_B,
        };
        let transport = match transport {
            Transport::Tcp => "tcp",
            Transport::Udp => "udp",
        };
        let router = self.router(side);
        router.nft(&format!("add rule ip nat prerouting iifname {WAN_DEVICE} {transport} dport {port} dnat to {home}"))
    }
}

/// The source of the rights to configure a namespace's network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rights {
    Root,
    /// A user namespace, created with the network namespace.
    NewUserNamespace,
    /// The user namespace of this process.
    UserNamespaceOf(u32),
}

impl Rights {
    fn of_this_process() -> Self {
        if geteuid().is_root() { Self::Root } else { Self::NewUserNamespace }
    }
}

/// One computer or router: a network namespace.
pub struct Host {
    test: String,
    name: &'static str,
    address: Ipv4Addr,
    device: &'static str,
    in_user_namespace: bool,
    /// The target of `/proc/PID/ns/net`, which identifies the namespace.
    namespace: PathBuf,
    /// Waited for only at the end, so that its process id is not reused before.
    holder: Child,
    serial: AtomicU32,
}

impl Host {
    fn create(
        test: &str,
        name: &'static str,
        address: Ipv4Addr,
        device: &'static str,
        rights: Rights,
    ) -> Result<Self, String> {
        // The shell passes our stderr on as descriptor 3, so its reader sees its end when the holder is gone. The error
        // messages of unshare come back on stdout.
        let mut command = Command::new("sh");
        command.args(["-c", r#"exec "$@" 3>&2 2>&1"#, "sh"]);
        match rights {
            Rights::Root => command.args(["unshare", "--net"]),
            Rights::NewUserNamespace => command.args(["unshare", "--user", "--map-root-user", "--net"]),
            Rights::UserNamespaceOf(pid) => command
                .args(["nsenter", "--target", &pid.to_string(), "--user", "--preserve-credentials", "--"])
                .args(["unshare", "--net"]),
        };
        let spawned =
            command.arg("cat").env("PATH", search_path()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut holder = spawned.map_err(|error| format!("cannot start a holder: {error}"))?;

        // When cat echoes a line, unshare has made the namespaces and has executed cat.
        let pipe = holder.stdin.as_mut().expect("stdin is piped");
        let written = pipe.write_all(b"ready\n");
        let mut answer = String::new();
        let mut output = BufReader::new(holder.stdout.as_mut().expect("stdout is piped"));
        let read = output.read_line(&mut answer);
        if written.is_err() || read.is_err() || answer != "ready\n" {
            let _ = output.read_to_string(&mut answer);
            end(&mut holder);
            return Err(format!("no namespace of our own: {}", answer.trim()));
        }

        let namespace = match fs::read_link(format!("/proc/{}/ns/net", holder.id())) {
            Ok(namespace) => namespace,
            Err(error) => {
                end(&mut holder);
                return Err(format!("cannot tell the holder's namespace: {error}"));
            }
        };
        let host = Self {
            test: test.to_owned(),
            name,
            address,
            device,
            in_user_namespace: rights != Rights::Root,
            namespace,
            holder,
            serial: AtomicU32::new(0),
        };
        host.run("ip", &["link", "set", "dev", "lo", "up"])?;
        Ok(host)
    }

    /// The name in messages.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The name of the test.
    pub fn test(&self) -> &str {
        &self.test
    }

    /// A home's address, or a router's WAN address.
    pub fn address(&self) -> IpAddr {
        self.address.into()
    }

    /// The device with that address: `eth0` in a home, `wan` at a router.
    pub fn device(&self) -> &'static str {
        self.device
    }

    /// The process that keeps the namespace alive.
    pub fn pid(&self) -> u32 {
        self.holder.id()
    }

    /// A number that this host has not returned before.
    pub fn next_serial(&self) -> u32 {
        self.serial.fetch_add(1, Ordering::Relaxed)
    }

    /// A command that runs inside this host, in the test's working directory. The process is the program itself, not a
    /// wrapper, so signals reach it. It is killed with the thread that started it, and with the lab.
    ///
    /// # Panics
    /// When the holder has exited or has no namespace of its own: nothing may change the machine's own network.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let own = fs::read_link("/proc/self/ns/net").expect("our own namespace has a name");
        let theirs = fs::read_link(format!("/proc/{}/ns/net", self.pid())).ok();
        assert!(theirs.as_ref() == Some(&self.namespace), "the holder of {} is gone", self.name);
        assert_ne!(own, self.namespace, "{} must not be the machine's own network", self.name);

        let mut command = Command::new("nsenter");
        command.arg("--target").arg(self.pid().to_string());
        if self.in_user_namespace {
            command.args(["--user", "--preserve-credentials"]);
        }
        // The death signal is set after nsenter, because a change of user namespace clears it. If the test has died
        // before, the shell has another parent by now and does not start the program.
        command.args(["--net", "--", "setpriv", "--pdeathsig", "KILL", "--"]);
        command.args(["sh", "-c", r#"[ "$PPID" = "$0" ] && exec "$@""#, &std::process::id().to_string()]).arg(program);
        command.env("PATH", search_path());
        command
    }

    /// A command that runs a test of this binary inside this host. `test_path` is a [`rerun::test_path`].
    pub fn test_command(&self, test_path: &str) -> Command {
        let mut command = self.command(rerun::this_binary());
        command.args(rerun::arguments(test_path));
        command
    }

    /// Runs a short command inside this host to its end and returns its standard output.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Result<String, String> {
        self.finish(self.command(program).args(arguments), "")
    }

    /// Runs `nft -f -` inside this host with this script.
    pub fn nft(&self, script: &str) -> Result<(), String> {
        self.finish(self.command("nft").args(["-f", "-"]), script).map(drop)
    }

    fn finish(&self, command: &mut Command, input: &str) -> Result<String, String> {
        let said = format!("{} at {}: {command:?} {input}", self.test, self.name);
        let failed = |why: String| format!("{said}: {why}");
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = spawned.map_err(|error| failed(error.to_string()))?;
        let mut pipe = child.stdin.take().expect("stdin is piped");
        // A child that exits without reading reports the reason in its status.
        let _ = pipe.write_all(input.as_bytes());
        drop(pipe);
        let output = child.wait_with_output().map_err(|error| failed(error.to_string()))?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(failed(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim())))
        }
    }

    /// Creates a veth pair between this host and a peer, with addresses and static neighbour entries.
    fn create_veth(
        &self,
        device: &str,
        address: Ipv4Addr,
        peer: &Self,
        peer_device: &str,
        peer_address: Ipv4Addr,
    ) -> Result<(), String> {
        let (mac, peer_mac) = (hardware_address(address), hardware_address(peer_address));
        let peer_pid = peer.pid().to_string();
        self.run(
            "ip",
            &[
                ["link", "add", "name", device, "address", &mac, "type", "veth"].as_slice(),
                &["peer", "name", peer_device, "address", &peer_mac, "netns", &peer_pid],
            ]
            .concat(),
        )?;
        self.configure(device, address, (peer_address, &peer_mac))?;
        peer.configure(peer_device, peer_address, (address, &mac))
    }

    fn configure(&self, device: &str, address: Ipv4Addr, neighbour: (Ipv4Addr, &str)) -> Result<(), String> {
        // Without link-local IPv6 addresses, only the test's traffic is on the wire.
        self.run("ip", &["link", "set", "dev", device, "addrgenmode", "none"])?;
        self.run("ip", &["address", "add", &format!("{address}/24"), "dev", device])?;
        self.run("ip", &["link", "set", "dev", device, "up"])?;
        let (their_address, their_mac) = (neighbour.0.to_string(), neighbour.1);
        let entry = ["neighbour", "replace", &their_address, "lladdr", their_mac, "dev", device, "nud", "permanent"];
        self.run("ip", &entry).map(drop)
    }

    /// Kills all processes in the namespace except the holder.
    fn kill_processes(&self) {
        let Ok(processes) = fs::read_dir("/proc") else { return };
        for entry in processes.flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
            let inside = fs::read_link(entry.path().join("ns/net")).is_ok_and(|network| network == self.namespace);
            if inside && pid != self.pid() {
                // It may have exited meanwhile.
                let _ = kill(Pid::from_raw(pid as i32), Signal::SIGKILL);
            }
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.kill_processes();
        end(&mut self.holder);
    }
}

/// Closes a holder's pipe and waits until it has exited.
fn end(holder: &mut Child) {
    drop(holder.stdin.take());
    let _ = holder.kill();
    let _ = holder.wait();
}

/// A locally administered MAC address derived from the host's IP address.
fn hardware_address(address: Ipv4Addr) -> String {
    let [a, b, c, d] = address.octets();
    format!("02:00:{a:02x}:{b:02x}:{c:02x}:{d:02x}")
}

/// `PATH` with the administrator's directories, which users often lack.
fn search_path() -> OsString {
    let mut path = env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
    path.push(":/usr/local/sbin:/usr/sbin:/sbin");
    path
}

fn is_installed(tool: &str) -> bool {
    env::split_paths(&search_path()).any(|directory: PathBuf| is_file(&directory.join(tool)))
}

fn is_file(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file())
}
