//! Which files, hosts, runs and flows belong together.

pub mod capture_role;
pub mod clock_offset;
pub mod flow_matching;
pub mod same_host;
