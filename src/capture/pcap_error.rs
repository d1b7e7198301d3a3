//! libpcap's error messages.

/// libpcap's own message, without the prefix that the Rust wrapper adds.
pub fn message_of(error: &pcap::Error) -> String {
    match error {
        pcap::Error::PcapError(message) => message.clone(),
        other => other.to_string(),
    }
}
