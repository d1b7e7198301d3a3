//! Drops privileges once the capture is open: only opening the device needs them.

use std::io;

use caps::CapSet;
use nix::unistd::{Gid, Uid, User, initgroups, setegid, seteuid, setgid, setuid};
use thiserror::Error;

use crate::parent_death;

/// Why rights could not be given up. Then the run must not go on with them.
#[derive(Debug, Error)]
pub enum PrivilegeError {
    /// The user that called sudo could not be become.
    #[error("cannot become user {uid}: {source}")]
    User { uid: u32, source: io::Error },
    /// The capabilities could not be dropped.
    #[error("cannot drop the capabilities: {detail}")]
    Capabilities { detail: String },
}

/// The user that called sudo, if one did.
fn connected() -> Option<(Uid, Gid)> {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u32>().ok());
    let (uid, gid) = (number("SUDO_UID")?, number("SUDO_GID")?);
    (Uid::effective().is_root() && uid != 0).then_some((Uid::from_raw(uid), Gid::from_raw(gid)))
}

/// Becomes the user that called sudo, if one did, so that the files of the run belong to that user.
///
/// To be called while the process has one thread.
///
/// # Errors
/// [`PrivilegeError::User`] where the system refuses.
pub fn drop_to_sudo_user() -> Result<(), PrivilegeError> {
    let Some((uid, gid)) = connected() else { return Ok(()) };
    switch(uid, gid).map_err(|error| refused(uid, error))?;
    // The kernel forgets the promise with the user.
    parent_death::install_parent_death_signal();
    Ok(())
}

/// Does something as the user that called sudo, if one did, and comes back. For what makes files before the rights have
/// served.
///
/// To be called while the process has one thread.
///
/// # Errors
/// [`PrivilegeError::User`] where the system refuses.
pub fn run_as_sudo_user<T>(act: impl FnOnce() -> T) -> Result<T, PrivilegeError> {
    let Some((uid, gid)) = connected() else { return Ok(act()) };
    let (own_uid, own_gid) = (Uid::effective(), Gid::effective());
    setegid(gid).and_then(|()| seteuid(uid)).map_err(|error| refused(uid, error))?;
    let done = act();
    seteuid(own_uid).and_then(|()| setegid(own_gid)).map_err(|error| refused(own_uid, error))?;
    Ok(done)
}

fn refused(uid: Uid, error: nix::Error) -> PrivilegeError {
    PrivilegeError::User { uid: uid.as_raw(), source: io::Error::from(error) }
}

/// Groups first: without root they could no longer be changed.
fn switch(uid: Uid, gid: Gid) -> nix::Result<()> {
    match User::from_uid(uid)? {
        Some(user) => {
            let name = std::ffi::CString::new(user.name).map_err(|_| nix::errno::Errno::EINVAL)?;
            initgroups(&name, gid)?;
        }
        None => nix::unistd::setgroups(&[gid])?,
    }
    setgid(gid)?;
    setuid(uid)
}

/// Drops every capability of this thread, and so of the threads that it starts from now on.
///
/// # Errors
/// [`PrivilegeError::Capabilities`] where the system refuses.
pub fn drop_capabilities() -> Result<(), PrivilegeError> {
    // The bounding set is left: shrinking it takes a right that an ordinary user lacks, and adds nothing without exec.
    for set in [CapSet::Ambient, CapSet::Inheritable, CapSet::Effective, CapSet::Permitted] {
        caps::clear(None, set).map_err(|error| PrivilegeError::Capabilities { detail: error.to_string() })?;
    }
    Ok(())
}
