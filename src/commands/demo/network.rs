//! The network of the demo: three network namespaces, or else the loopback interface.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, ExitCode, Stdio};

use anyhow::Result;
use caps::{CapSet, Capability};
use nix::unistd::geteuid;

use crate::commands::run::error::{self, Exit};
use crate::commands::run::status::{eprint_line, eprint_status, is_verbose};
use crate::i18n::{Texts, Value};
use crate::net::namespace::{self, NetNamespace, VethEnd};
use crate::{parent_death, privileges};

/// The addresses of the guide: the client's home, the relay in the place of its router and of the server's, the server's
/// home.
const CLIENT: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 10);
const RELAY_NEAR: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 1);
const RELAY_FAR: Ipv4Addr = Ipv4Addr::new(192, 168, 2, 1);
const SERVER: Ipv4Addr = Ipv4Addr::new(192, 168, 2, 20);

/// The ports of server and relay inside the namespaces.
const PORTS: (u16, u16) = (crate::commands::exchange::client::DEFAULT_PORT, 5006);

/// Where the relay and the server are on a computer that has no others to offer; whatever ports are free there.
const LOOPBACK: (Ipv4Addr, Ipv4Addr) = (Ipv4Addr::new(127, 0, 0, 3), Ipv4Addr::new(127, 0, 0, 2));

/// Makes a child process of this program only try whether namespaces can be created. A failed attempt leaves the
/// process unusable.
const PROBE_ENV: &str = "MEDIDOR_DEMO_TRIAL";

/// Where a program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DemoRole {
    Client,
    Relay,
    Server,
}

impl DemoRole {
    /// The subcommand that runs there, by its English name.
    pub const fn command(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Relay => "impair",
            Self::Server => "server",
        }
    }
}

/// This program, to be run once more.
///
/// # Errors
/// Those of finding its file.
pub fn this_program() -> io::Result<Command> {
    std::env::current_exe().map(Command::new)
}

/// In which way the rights over networks of our own are had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NamespaceMode {
    Root,
    UserNamespace,
}

impl NamespaceMode {
    const fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::UserNamespace => "user",
        }
    }

    /// The first way that leads anywhere; else why none does.
    ///
    /// # Errors
    /// Those of starting this program once more.
    fn detect() -> io::Result<Result<Self, String>> {
        let is_root = caps::has_cap(None, CapSet::Effective, Capability::CAP_SYS_ADMIN).unwrap_or(false);
        let modes: &[Self] = if is_root { &[Self::Root, Self::UserNamespace] } else { &[Self::UserNamespace] };
        let mut failures = Vec::new();
        for mode in modes {
            let mut command = this_program()?;
            command.arg("demo").env(PROBE_ENV, mode.name()).stdin(Stdio::null()).stdout(Stdio::null());
            parent_death::exit_with_parent(&mut command);
            let output = command.output()?;
            if output.status.success() {
                return Ok(Ok(*mode));
            }
            failures.push(String::from_utf8_lossy(&output.stderr).trim().to_owned());
        }
        Ok(Err(failures.join("; ")))
    }
}

/// Three computers that exist only as long as this run.
struct DemoNamespaces {
    client: NetNamespace,
    relay: NetNamespace,
    server: NetNamespace,
}

impl DemoNamespaces {
    fn build(mode: NamespaceMode) -> io::Result<Self> {
        if mode == NamespaceMode::UserNamespace {
            namespace::enter_user_namespace()?;
        }
        let namespaces =
            Self { client: NetNamespace::create()?, server: NetNamespace::create()?, relay: NetNamespace::create()? };
        let veth_end = |network, device, address| VethEnd { network, device, address };
        namespace::create_veth(
            veth_end(&namespaces.client, "eth0", CLIENT),
            veth_end(&namespaces.relay, "eth0", RELAY_NEAR),
        )?;
        namespace::create_veth(
            veth_end(&namespaces.server, "eth0", SERVER),
            veth_end(&namespaces.relay, "eth1", RELAY_FAR),
        )?;
        Ok(namespaces)
    }
}

/// Where this run is only to try whether it can have computers of its own: builds them once; how it ends.
pub fn probe_namespaces() -> Option<ExitCode> {
    let name = std::env::var(PROBE_ENV).ok()?;
    let mode = if name == NamespaceMode::Root.name() { NamespaceMode::Root } else { NamespaceMode::UserNamespace };
    Some(match DemoNamespaces::build(mode) {
        Ok(_) => Exit::Done.into(),
        Err(error) => {
            eprint_line(error);
            Exit::Environment.into()
        }
    })
}

pub struct DemoNetwork {
    namespaces: Option<DemoNamespaces>,
    mode: Option<NamespaceMode>,
    failure: String,
}

impl DemoNetwork {
    /// Makes three computers where the system allows it.
    ///
    /// To be called while the process has one thread. From here on it may be in another network.
    ///
    /// # Errors
    /// What the system refuses although it was tried before.
    pub fn create(texts: Texts) -> io::Result<Self> {
        if is_verbose() {
            eprint_status(texts.get("demo-setting"));
        }
        match NamespaceMode::detect()? {
            Ok(mode) => {
                Ok(Self { namespaces: Some(DemoNamespaces::build(mode)?), mode: Some(mode), failure: String::new() })
            }
            Err(failure) => Ok(Self { namespaces: None, mode: None, failure }),
        }
    }

    /// Whether each has a computer of its own.
    pub fn has_namespaces(&self) -> bool {
        self.namespaces.is_some()
    }

    /// Prints which network is used, and what that costs.
    pub fn describe(&self, texts: Texts) {
        if self.namespaces.is_some() {
            eprint_status(texts.get("demo-homes"));
        } else {
            eprint_status(texts.with("demo-loopback", &[("why", Value::text(&self.failure))]));
            // sudo does not help root.
            if !geteuid().is_root() {
                eprint_status(texts.with("demo-loopback-cure", &[("program", Value::text(error::program()))]));
            }
        }
    }

    pub fn listen_addresses(&self) -> (SocketAddr, SocketAddr) {
        match self.namespaces {
            Some(_) => ((RELAY_NEAR, PORTS.1).into(), (SERVER, PORTS.0).into()),
            None => ((LOOPBACK.0, 0).into(), (LOOPBACK.1, 0).into()),
        }
    }

    /// Starts a command where it belongs.
    ///
    /// # Errors
    /// Those of going there.
    pub fn spawn_in<T>(
        &self,
        role: DemoRole,
        command: &mut Command,
        start: impl FnOnce(&mut Command) -> T,
    ) -> io::Result<T> {
        let Some(namespaces) = &self.namespaces else { return Ok(start(command)) };
        if self.mode == Some(NamespaceMode::UserNamespace) {
            // The user who called sudo does not exist in the namespace.
            command.env_remove("SUDO_UID").env_remove("SUDO_GID");
        }
        let namespace = match role {
            DemoRole::Client => &namespaces.client,
            DemoRole::Relay => &namespaces.relay,
            DemoRole::Server => &namespaces.server,
        };
        namespace.run_in(|| start(command))
    }

    /// Gives up all rights: what follows is reading.
    ///
    /// # Errors
    /// A [`CommandError`](error::CommandError) where that is refused.
    pub fn drop_privileges(&self, texts: Texts) -> Result<()> {
        if self.mode != Some(NamespaceMode::UserNamespace) {
            privileges::drop_to_sudo_user().map_err(|error| error::privileges(texts, &error))?;
        }
        privileges::drop_capabilities().map_err(|error| error::privileges(texts, &error))
    }
}
