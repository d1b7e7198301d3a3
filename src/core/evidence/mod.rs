//! What was observed: journal records, sightings in captures, and the coverage of each witness.

pub mod annotations;
pub mod block_log;
pub mod capture_description;
pub mod capture_log;
pub mod chat_host;
pub mod conversations;
pub mod coverage;
pub mod exchange_host;
pub mod flow;
pub mod flow_index;
pub mod ground_truth;
pub mod hop_limit;
pub mod journal;
pub mod journal_coverage;
pub mod journal_messages;
pub mod journal_peers;
pub mod journal_run;
pub mod leg;
pub mod port_numbering;
pub mod run_window;
pub mod tcp_connections;
pub mod track;
pub mod transfer_records;
pub mod unnumbered_replies;
