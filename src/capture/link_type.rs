//! The supported link types (`LINKTYPE_` numbers) and their names.

use pcap::Linktype;
use thiserror::Error;

/// A link type: the header in front of a frame's IP header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkType {
    /// BSD loopback: the address family in four bytes, in the byte order of the capturing host.
    Null,
    /// Ethernet, with or without VLAN tags.
    Ethernet,
    /// An IP packet at once, of either version.
    Raw,
    /// `OpenBSD` loopback: the address family in four bytes, in network byte order.
    Loop,
    /// Linux cooked capture, version 1.
    Sll,
    /// An IPv4 packet at once.
    Ipv4,
    /// An IPv6 packet at once.
    Ipv6,
    /// Linux cooked capture, version 2, which carries the interface's index.
    Sll2,
}

/// Frames of this link type cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("link type {number} ({name}) is not supported")]
pub struct UnsupportedLinkType {
    pub number: i32,
    /// Its name, as far as libpcap knows one.
    pub name: String,
}

impl LinkType {
    pub const ALL: [Self; 8] =
        [Self::Null, Self::Ethernet, Self::Raw, Self::Loop, Self::Sll, Self::Ipv4, Self::Ipv6, Self::Sll2];

    /// The link type of a number, which may be the registry's (`LINKTYPE_`, in files) or libpcap's own (`DLT_`): of those
    /// read here, only raw IP has two (101 and 12).
    ///
    /// # Errors
    /// [`UnsupportedLinkType`] for any other.
    pub fn from_number(number: i32) -> Result<Self, UnsupportedLinkType> {
        if number == RAW_DLT {
            return Ok(Self::Raw);
        }
        Self::ALL.into_iter().find(|link| link.number() == number).ok_or_else(|| UnsupportedLinkType {
            number,
            name: Linktype(number).get_name().unwrap_or_else(|_| "unknown".to_owned()),
        })
    }

    /// The `LINKTYPE_` number, as in capture files.
    pub const fn number(self) -> i32 {
        match self {
            Self::Null => 0,
            Self::Ethernet => 1,
            Self::Raw => 101,
            Self::Loop => 108,
            Self::Sll => 113,
            Self::Ipv4 => 228,
            Self::Ipv6 => 229,
            Self::Sll2 => 276,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Ethernet => "EN10MB",
            Self::Raw => "RAW",
            Self::Loop => "LOOP",
            Self::Sll => "LINUX_SLL",
            Self::Ipv4 => "IPV4",
            Self::Ipv6 => "IPV6",
            Self::Sll2 => "LINUX_SLL2",
        }
    }

    /// The number by which this host's libpcap knows it, for compiling filters.
    pub(super) const fn dlt(self) -> Linktype {
        match self {
            Self::Raw => Linktype(RAW_DLT),
            other => Linktype(other.number()),
        }
    }
}

/// `DLT_RAW` everywhere but on `OpenBSD`.
const RAW_DLT: i32 = if cfg!(target_os = "openbsd") { 14 } else { 12 };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lead_back_to_their_link_types() {
        for link in LinkType::ALL {
            assert_eq!(LinkType::from_number(link.number()), Ok(link));
            assert_eq!(LinkType::from_number(link.dlt().0), Ok(link));
            assert_eq!(Linktype::from_name(link.name()), Ok(link.dlt()), "{link:?}");
        }
    }

    #[test]
    fn an_unknown_link_type_is_named() {
        let error = LinkType::from_number(105).unwrap_err();
        assert_eq!(error, UnsupportedLinkType { number: 105, name: "IEEE802_11".to_owned() });
        assert_eq!(LinkType::from_number(9999).unwrap_err().name, "unknown");
    }
}
