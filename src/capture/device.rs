//! Chooses the network device to capture on.

use std::net::IpAddr;

use nix::net::if_::if_nametoindex;
use pcap::Device;
use thiserror::Error;

use super::pcap_error;

/// The pseudo-device of Linux that shows all interfaces: a server does not know where its clients come from.
pub const ANY: &str = "any";

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DeviceError {
    /// No device has the client's local address.
    #[error("no device has the address {address}")]
    NoneHas { address: IpAddr, available: Vec<String> },
    /// The devices cannot be listed.
    #[error("cannot list the devices: {detail}")]
    NoList { detail: String },
}

/// A device, as far as the choice needs it.
struct Candidate {
    name: String,
    loopback: bool,
    addresses: Vec<IpAddr>,
}

/// The device on which a client's exchange is visible: the one with its local address, or loopback if the remote
/// address belongs to this host.
///
/// # Errors
/// [`DeviceError`] where there is none.
pub fn for_client(local: IpAddr, remote: IpAddr) -> Result<String, DeviceError> {
    let devices = list()?;
    let candidates: Vec<_> = devices
        .iter()
        .map(|device| Candidate {
            name: device.name.clone(),
            loopback: device.flags.is_loopback(),
            addresses: device.addresses.iter().map(|address| address.addr).collect(),
        })
        .collect();
    choose(&candidates, local, remote)
        .ok_or_else(|| DeviceError::NoneHas { address: local, available: names_of(&devices) })
}

/// Names of the devices that can capture UDP, for error messages.
///
/// # Errors
/// [`DeviceError::NoList`] with libpcap's words.
pub fn names() -> Result<Vec<String>, DeviceError> {
    Ok(names_of(&list()?))
}

fn list() -> Result<Vec<Device>, DeviceError> {
    Device::list().map_err(|error| DeviceError::NoList { detail: pcap_error::message_of(&error) })
}

/// libpcap also lists USB buses, firewalls' logs and the like: only network interfaces and [`ANY`] are of use here.
fn names_of(devices: &[Device]) -> Vec<String> {
    let useful = |name: &String| name == ANY || if_nametoindex(name.as_str()).is_ok();
    devices.iter().map(|device| device.name.clone()).filter(useful).collect()
}

fn choose(candidates: &[Candidate], local: IpAddr, remote: IpAddr) -> Option<String> {
    let (local, remote) = (local.to_canonical(), remote.to_canonical());
    let owner = |address: IpAddr| candidates.iter().find(|candidate| candidate.addresses.contains(&address));
    let same_host = remote.is_loopback() || owner(remote).is_some();
    let chosen = if same_host { candidates.iter().find(|candidate| candidate.loopback) } else { owner(local) };
    chosen.map(|candidate| candidate.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(local: &str, remote: &str) -> Option<String> {
        let candidate = |name: &str, loopback, addresses: &[&str]| Candidate {
            name: name.to_owned(),
            loopback,
            addresses: addresses.iter().map(|address| address.parse().unwrap()).collect(),
        };
        let candidates = [
            candidate("eth0", false, &["192.168.1.10", "2001:db8::10"]),
            candidate("wlan0", false, &["10.0.0.7"]),
            candidate("any", false, &[]),
            candidate("lo", true, &["127.0.0.1", "::1"]),
        ];
        choose(&candidates, local.parse().unwrap(), remote.parse().unwrap())
    }

    #[test]
    fn the_client_listens_where_its_address_is() {
        assert_eq!(chosen("10.0.0.7", "203.0.113.2").as_deref(), Some("wlan0"));
        assert_eq!(chosen("2001:db8::10", "2001:db8:1::1").as_deref(), Some("eth0"));
        assert_eq!(chosen("::ffff:10.0.0.7", "::ffff:203.0.113.2").as_deref(), Some("wlan0"));
        assert_eq!(chosen("10.9.9.9", "203.0.113.2"), None);
    }

    #[test]
    fn traffic_to_this_host_uses_loopback() {
        for remote in ["127.0.0.1", "127.8.8.8", "::1", "192.168.1.10", "::ffff:192.168.1.10"] {
            assert_eq!(chosen("192.168.1.10", remote).as_deref(), Some("lo"), "{remote}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_hosts_loopback_is_found() {
        let here = IpAddr::from([127, 0, 0, 1]);
        assert_eq!(for_client(here, here).unwrap(), "lo");
        assert!(names().unwrap().contains(&"lo".to_owned()));
        let nowhere: IpAddr = "2001:db8:dead:beef::1".parse().unwrap();
        let Err(DeviceError::NoneHas { address, available }) =
            for_client(nowhere, "2001:db8:dead:beef::2".parse().unwrap())
        else {
            panic!("some device has {nowhere}");
        };
        assert_eq!(address, nowhere);
        assert!(available.contains(&"lo".to_owned()));
    }
}
