//! libpcap: devices, live capture, savefiles, offline reading, decoding, filters.
