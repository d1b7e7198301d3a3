//! Which files, hosts, runs and flows belong together.
//!
//! ```text
//! flows of both hosts ─ flow_comparison ─ pair_evidence ─ assignment ─ candidates
//! ```

pub mod assignment;
pub mod candidates;
pub mod capture_role;
pub mod chat_members;
pub mod chat_server;
pub mod clock_offset;
pub mod flow_comparison;
pub mod merged_capture;
pub mod pair_evidence;
pub mod pattern;
pub mod same_host;
pub mod stray_replies;
