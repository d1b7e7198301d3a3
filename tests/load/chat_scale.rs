//! A chat with many members: a thousand over TCP, one of which never reads; two hundred over UDP, where every datagram
//! is counted; and clients that are killed at random.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpStream, UdpSocket};
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use crate::common::chat::{ChatClient, Server};
use crate::common::process::{STEP_TIMEOUT, Stream};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::Signal;
use serde_json::Value;
use socket2::SockRef;
use tempfile::TempDir;

/// Timeout for a step, long enough for a loaded machine.
const LONG_TIMEOUT: Duration = Duration::from_secs(120);

/// Raises this process's limit of open file descriptors.
fn allow_descriptors(wanted: u64) {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    if soft < wanted {
        setrlimit(Resource::RLIMIT_NOFILE, wanted.min(hard), hard).unwrap();
    }
}

/// Members that are connections of this test, read by one thread.
struct Members {
    epoll: Epoll,
    connections: Vec<TcpStream>,
    received: Vec<Vec<u8>>,
}

impl Members {
    fn join(server: &Server, count: usize) -> Self {
        let mut members = Self {
            epoll: Epoll::new(EpollCreateFlags::empty()).unwrap(),
            connections: Vec::new(),
            received: vec![Vec::new(); count],
        };
        for index in 0..count {
            let member = TcpStream::connect(server.address).unwrap();
            member.set_nonblocking(true).unwrap();
            members.epoll.add(&member, EpollEvent::new(EpollFlags::EPOLLIN, index as u64)).unwrap();
            members.connections.push(member);
            members.read(Duration::ZERO);
        }
        members
    }

    /// Reads what is available, or arrives within this time.
    fn read(&mut self, patience: Duration) {
        let mut events = [EpollEvent::empty(); 256];
        let timeout = EpollTimeout::try_from(patience).unwrap();
        let ready = self.epoll.wait(&mut events, timeout).unwrap();
        let mut bytes = vec![0; 64 * 1024];
        for event in &events[..ready] {
            let index = event.data() as usize;
            let length = (&self.connections[index]).read(&mut bytes).unwrap_or(0);
            self.received[index].extend_from_slice(&bytes[..length]);
        }
    }

    /// Reads until each member has received a text, or a timeout.
    fn read_until(&mut self, wanted: &str, but: usize) {
        let until = Instant::now() + LONG_TIMEOUT;
        let end = |received: &[u8]| received.len().saturating_sub(64 * 1024);
        let has = |received: &Vec<u8>| String::from_utf8_lossy(&received[end(received)..]).contains(wanted);
        while !self.received.iter().enumerate().all(|(index, received)| index == but || has(received)) {
            assert!(Instant::now() < until, "{wanted:?} did not reach everybody");
            self.read(Duration::from_millis(50));
        }
    }

    /// The numbers of the messages that a member received.
    fn numbers(&self, index: usize) -> Vec<usize> {
        let text = String::from_utf8_lossy(&self.received[index]);
        let numbered = text.lines().filter_map(|line| line.split_once(" disse: number "));
        numbered.map(|(_, rest)| rest.split(' ').next().unwrap().parse().unwrap()).collect()
    }
}

#[test]
fn one_slow_reader_of_a_thousand_members_is_disconnected() {
    const MEMBERS: usize = 1_000;
    const MESSAGES: usize = 150;
    allow_descriptors(4_096);
    let folder = TempDir::new().unwrap();
    let journal = "server.journal.jsonl";
    let options = ["--members", "2000", "--per-address", "2000", "--timeout", "5m", "--journal", journal, "--json"];
    let server = Server::start(folder.path(), "--tcp", &options);
    // The slow reader has a small receive buffer, and does not read beyond the welcome.
    let slow_reader = TcpStream::connect(server.address).unwrap();
    SockRef::from(&slow_reader).set_recv_buffer_size(4_096).unwrap();
    assert!((&slow_reader).read(&mut [0; 1]).unwrap() > 0, "a welcome");
    // Counted, because the server inherits descriptors from the process that runs the tests.
    let descriptors = server.descriptors() - 1;
    let mut members = Members::join(&server, MEMBERS - 1);
    let before = server.memory_kib();
    let filler = "x".repeat(4_000);
    let begun = Instant::now();
    let mut slowest = Duration::ZERO;
    for number in 0..MESSAGES {
        let due = begun + Duration::from_millis(100) * number as u32;
        while Instant::now() < due {
            members.read((due - Instant::now()).min(Duration::from_millis(20)));
        }
        let said = Instant::now();
        let text = format!("number {number} {filler}\n");
        (&members.connections[number % (MEMBERS - 1)]).write_all(text.as_bytes()).unwrap();
        if number == MESSAGES - 1 {
            let speaker = number % (MEMBERS - 1);
            members.read_until(&format!("number {number} "), speaker);
            slowest = said.elapsed();
        }
    }
    let after = server.memory_kib();
    for index in 0..MEMBERS - 1 {
        let expected: Vec<usize> = (0..MESSAGES).filter(|number| number % (MEMBERS - 1) != index).collect();
        assert_eq!(members.numbers(index), expected, "member {index}");
    }
    // The slow reader gets its last notice when it reads at the end.
    slow_reader.set_read_timeout(Some(LONG_TIMEOUT)).unwrap();
    let mut received = Vec::new();
    (&slow_reader).read_to_end(&mut received).unwrap();
    let received = String::from_utf8_lossy(&received).into_owned();
    assert!(
        received.trim_end().ends_with("the last ones were lost"),
        "{}",
        &received[received.len().saturating_sub(200)..]
    );
    println!(
        "{MEMBERS} members, {MESSAGES} messages of 4 KiB at 10/s: {before} KiB before, {after} KiB after; the last message reached all in {slowest:?}",
    );
    assert!(after < before + 96 * 1024, "{before} KiB before, {after} KiB after");
    drop(members);
    drop(slow_reader);
    settled(&server, descriptors);
    // The server prints only some of that many lines, so the test checks its document.
    let document = document(server);
    let slow = document["members"].as_array().unwrap().iter().filter(|member| member["reason"] == "too_slow");
    assert_eq!(slow.count(), 1);
}

/// Waits until the server has at most this many open descriptors.
fn settled(server: &Server, most: usize) {
    let until = Instant::now() + LONG_TIMEOUT;
    while server.descriptors() > most {
        assert!(Instant::now() < until, "{} descriptors are left", server.descriptors());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The result document on standard output.
fn document(server: Server) -> Value {
    let finished = server.running.interrupt(LONG_TIMEOUT);
    finished.expect_code(0);
    serde_json::from_str(&finished.text(Stream::Out)).unwrap()
}

#[test]
fn each_datagram_of_two_hundred_udp_members_is_accounted_for() {
    const MEMBERS: usize = 200;
    const ROUNDS: usize = 5;
    allow_descriptors(4_096);
    let folder = TempDir::new().unwrap();
    let mut options = vec!["--members", "300", "--per-address", "300", "--rate-limit", "0", "--json", "--all"];
    let root = nix::unistd::geteuid().is_root();
    if root {
        options.extend(["--capture", "server.pcap"]);
    } else {
        crate::common::skip("the capture", "it takes a right");
        options.extend(["--journal", "server.journal.jsonl"]);
    }
    let server = Server::start(folder.path(), "--udp", &options);
    let members: Vec<UdpSocket> = (0..MEMBERS)
        .map(|_| {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            SockRef::from(&socket).set_recv_buffer_size(4 << 20).unwrap();
            socket.connect(server.address).unwrap();
            socket
        })
        .collect();
    let mut received: Vec<Vec<String>> = vec![Vec::new(); MEMBERS];
    let mut bytes = [0; 2_048];
    let mut read = |members: &[UdpSocket], index: usize| {
        let mut polled = [PollFd::new(members[index].as_fd(), PollFlags::POLLIN)];
        assert!(poll(&mut polled, PollTimeout::from(20_000_u16)).unwrap() > 0, "member {index} hears no more");
        let length = members[index].recv(&mut bytes).unwrap();
        received[index].push(String::from_utf8_lossy(&bytes[..length]).into_owned());
    };
    for index in 0..MEMBERS {
        members[index].send("Novo participante no chat.".as_bytes()).unwrap();
        // Its own welcome, and the notices about the other members.
        for other in 0..=index {
            read(&members, other);
        }
    }
    for round in 0..ROUNDS {
        for index in 0..MEMBERS {
            members[index].send(format!("round {round} of {index}").as_bytes()).unwrap();
            for other in (0..MEMBERS).filter(|other| *other != index) {
                read(&members, other);
            }
        }
    }
    let copies: usize = received.iter().flatten().filter(|text| text.contains(" disse: ")).count();
    assert_eq!(copies, MEMBERS * (MEMBERS - 1) * ROUNDS, "each application received every copy");
    let received: usize = received.iter().map(Vec::len).sum();
    let document = document(server);
    let totals = &document["totals"];
    let (inward, outward) = (&totals["inward"], &totals["outward"]);
    // The server's goodbye to each member came after this test stopped reading.
    let sent = received + MEMBERS;
    assert_eq!(inward["datagrams"], MEMBERS * (1 + ROUNDS), "{inward:#}");
    assert_eq!(inward["points"]["server_received"], MEMBERS * (1 + ROUNDS));
    assert_eq!(outward["datagrams"], sent, "{outward:#}");
    assert_eq!(outward["points"]["server_sent"], sent);
    if root {
        assert_eq!(inward["points"]["server_wire_in"], MEMBERS * (1 + ROUNDS));
        assert_eq!(outward["points"]["server_wire_out"], sent);
    }
    for way in [inward, outward] {
        assert_eq!(
            (&way["lost"], &way["inconclusive"], &way["duplicates"]),
            (&0.into(), &0.into(), &0.into()),
            "{way:#}"
        );
    }
    println!("{MEMBERS} members over UDP: {} datagrams in, {sent} out, all accounted for", MEMBERS * (1 + ROUNDS));
}

/// Ends a client in one of several ways, and returns the name of the way.
fn kill(random: &mut fastrand::Rng, client: TcpStream) -> &'static str {
    let how = match random.u8(0..3) {
        0 => {
            // Ends with a reset.
            SockRef::from(&client).set_linger(Some(Duration::ZERO)).unwrap();
            "reset"
        }
        1 => "closed",
        _ => {
            let _ = (&client).write_all(b"half a li");
            SockRef::from(&client).set_linger(Some(Duration::ZERO)).unwrap();
            "reset in the middle"
        }
    };
    drop(client);
    how
}

/// Clients join, talk and end at random during this time; the server must release all their resources.
fn die_at_random(time: Duration) {
    allow_descriptors(4_096);
    let folder = TempDir::new().unwrap();
    let options = ["--per-address", "500", "--timeout", "3s", "--rate-limit", "0"];
    let server = Server::start(folder.path(), "--tcp", &options);
    let first = TcpStream::connect(server.address).unwrap();
    assert!((&first).read(&mut [0; 512]).unwrap() > 0, "a word of welcome");
    let (descriptors, threads) = (server.descriptors() - 1, server.threads());
    drop(first);
    let mut random = fastrand::Rng::with_seed(9);
    let mut members: Vec<TcpStream> = Vec::new();
    let mut processes: Vec<ChatClient> = Vec::new();
    let mut deaths: HashMap<&str, u32> = HashMap::new();
    let until = Instant::now() + time;
    let mut bytes = [0; 16 * 1024];
    while Instant::now() < until {
        if members.len() < 60 {
            let client = TcpStream::connect(server.address).unwrap();
            client.set_nonblocking(true).unwrap();
            members.push(client);
        }
        if processes.len() < 3 {
            processes.push(ChatClient::own(folder.path(), "--tcp", server.address, &[]));
        }
        for client in &members {
            let _ = (&mut &*client).read(&mut bytes);
        }
        let index = random.usize(0..members.len());
        let _ = (&members[index]).write_all(format!("{}\n", random.u32(..)).as_bytes());
        if random.u8(0..3) == 0 {
            let client = members.swap_remove(random.usize(0..members.len()));
            *deaths.entry(kill(&mut random, client)).or_default() += 1;
        }
        if random.u8(0..20) == 0 {
            let client = processes.swap_remove(random.usize(0..processes.len()));
            client.running.signal(Signal::SIGKILL);
            *deaths.entry("SIGKILL").or_default() += 1;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    // The server still works.
    let (one, mut other) = (TcpStream::connect(server.address).unwrap(), TcpStream::connect(server.address).unwrap());
    one.set_read_timeout(Some(STEP_TIMEOUT)).unwrap();
    other.write_all(b"still here\n").unwrap();
    let mut received = Vec::new();
    while !String::from_utf8_lossy(&received).contains("still here") {
        let length = (&one).read(&mut bytes).unwrap();
        assert!(length > 0);
        received.extend_from_slice(&bytes[..length]);
    }
    let counted: u32 = deaths.values().sum();
    println!("{counted} died in {time:?}: {deaths:?}");
    drop((members, processes, one, other));
    settled(&server, descriptors);
    assert_eq!((server.descriptors(), server.threads()), (descriptors, threads), "nothing is left over");
    let finished = server.running.interrupt(STEP_TIMEOUT);
    finished.expect_code(0);
    let text = finished.text(Stream::Err);
    let (came, left) = (text.matches("joined the chat").count(), text.matches("left the chat").count());
    println!("the server showed {came} comings and {left} goings");
}

#[test]
fn clients_killed_at_random_leave_nothing_behind() {
    die_at_random(Duration::from_secs(4));
}

#[test]
#[ignore = "a minute of the same: cargo test --test load -- --ignored"]
fn clients_killed_at_random_for_a_minute_leave_nothing_behind() {
    die_at_random(Duration::from_secs(60));
}
