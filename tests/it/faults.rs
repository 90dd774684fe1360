//! Live streams that arrive damaged: what is lost or broken on the way costs its own stream a look, and nobody else
//! anything.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::support::{Clip, Nginx, Publisher, Watch, free_port};

const FIRST: &str = "https://shop.example/first";
const SECOND: &str = "https://shop.example/second";

/// Of so many datagrams it loses `LOST`.
const OF: usize = 10;
const LOST: usize = 3;

/// Passes datagrams on between whoever writes to its port and a peer, and loses three of ten on either way.
struct Relay {
    port: u16,
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    loses: AtomicBool,
    lost: AtomicUsize,
    over: AtomicBool,
}

impl Relay {
    fn to(peer: u16) -> Self {
        let bind = || {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            let often = Some(Duration::from_millis(50));
            socket.set_read_timeout(often).unwrap();
            Arc::new(socket)
        };
        let (near, far) = (bind(), bind());
        far.connect(("127.0.0.1", peer)).unwrap();
        let port = near.local_addr().unwrap().port();
        let shared = Arc::new(Shared::default());
        shared.loses.store(true, Ordering::Relaxed);
        // Whoever wrote last is answered.
        let writer: Arc<std::sync::Mutex<Option<SocketAddr>>> = Arc::default();
        let out = {
            let (near, far, writer, shared) =
                (near.clone(), far.clone(), writer.clone(), shared.clone());
            move || {
                shared.pass_on(
                    1,
                    |bytes| {
                        let (n, from) = near.recv_from(bytes)?;
                        *writer.lock().unwrap() = Some(from);
                        Ok(n)
                    },
                    |bytes| {
                        // Nobody may listen there yet.
                        let _ = far.send(bytes);
                    },
                );
            }
        };
        let back = {
            let shared = shared.clone();
            move || {
                shared.pass_on(
                    2,
                    |bytes| far.recv(bytes),
                    |bytes| {
                        if let Some(to) = *writer.lock().unwrap() {
                            let _ = near.send_to(bytes, to);
                        }
                    },
                );
            }
        };
        Self {
            port,
            shared,
            threads: vec![std::thread::spawn(out), std::thread::spawn(back)],
        }
    }

    /// Waits until so many were lost.
    fn await_lost(&self, datagrams: usize) {
        let deadline = Instant::now() + Duration::from_mins(1);
        while self.shared.lost.load(Ordering::Relaxed) < datagrams {
            assert!(Instant::now() < deadline, "nothing comes to lose");
            std::thread::yield_now();
        }
    }

    fn lose_no_more(&self) {
        self.shared.loses.store(false, Ordering::Relaxed);
    }
}

impl Shared {
    /// Which ones are lost is the same in every run.
    fn pass_on(
        &self,
        seed: u64,
        mut receive: impl FnMut(&mut [u8]) -> std::io::Result<usize>,
        mut send: impl FnMut(&[u8]),
    ) {
        let mut bytes = vec![0; 65_536];
        let mut dice = seed;
        while !self.over.load(Ordering::Relaxed) {
            let Ok(n) = receive(&mut bytes) else { continue };
            // Knuth's MMIX generator; its upper bits are the good ones.
            dice = dice
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let lost = (dice >> 33) as usize % OF < LOST;
            if lost && self.loses.load(Ordering::Relaxed) {
                self.lost.fetch_add(1, Ordering::Relaxed);
            } else {
                send(&bytes[..n]);
            }
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn clip(folder: &std::path::Path, payload: &str, name: &str) -> std::path::PathBuf {
    let clip = Clip {
        payload,
        ..Clip::default()
    };
    clip.make(folder, name)
}

/// Of what a stream cost, from the line of the log that says so at its end.
fn count(log: &str, id: &str, what: &str) -> u64 {
    let line = log
        .lines()
        .find(|line| line.contains(&format!("{id}: ")) && line.contains("looks="));
    let line = line.unwrap_or_else(|| panic!("nothing is said of {id}: {log}"));
    let (_, rest) = line.split_once(&format!(" {what}=")).unwrap();
    rest.split(' ').next().unwrap().parse().unwrap()
}

#[test]
fn srt_is_read_where_three_of_ten_datagrams_are_lost() {
    let folder = tempfile::tempdir().unwrap();
    let first = clip(folder.path(), FIRST, "first.ts");
    let port = free_port();
    let listener = format!("srt://127.0.0.1:{port}?mode=listener");
    let _publisher = Publisher::start(&first, &["mpegts"], &listener);
    let relay = Relay::to(port);
    let url = format!("room=srt://127.0.0.1:{}?mode=caller", relay.port);
    let mut watch = Watch::start(&folder.path().join("data"), [&url]);
    watch.opened(FIRST);
    relay.await_lost(100);
    let (status, _, log) = watch.stop();
    assert!(status.success(), "{log}");
    assert_eq!(count(&log, "room", "panics"), 0);
}

#[test]
fn udp_that_loses_three_of_ten_datagrams_is_watched_on_and_harms_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let first = clip(folder.path(), FIRST, "first.ts");
    let second = clip(folder.path(), SECOND, "second.ts");
    let (lossy, good) = (free_port(), free_port());
    let relay = Relay::to(lossy);
    let target = |port: u16| format!("udp://127.0.0.1:{port}?pkt_size=1316");
    let publisher = Publisher::start(&first, &["mpegts"], &target(relay.port));
    let sources =
        [("lossy", lossy), ("good", good)].map(|(id, port)| format!("{id}=udp://127.0.0.1:{port}"));
    let mut watch = Watch::start(&folder.path().join("data"), &sources);
    relay.await_lost(200);
    // Another one, while the first is still damaged.
    let other = Publisher::start(&second, &["mpegts"], &target(good));
    let opened = watch.opened(SECOND);
    assert_eq!(opened["data"]["stream"], "good");
    drop((publisher, other));
    // And what comes whole after it is read.
    relay.lose_no_more();
    let _publisher = Publisher::start(&second, &["mpegts"], &target(relay.port));
    watch.event("the damaged stream is read again", |event| {
        event["data"]["stream"] == "lossy" && event["data"]["payload"] == SECOND
    });
    let (status, _, log) = watch.stop();
    assert!(status.success(), "{log}");
    for id in ["lossy", "good"] {
        assert_eq!(count(&log, id, "panics"), 0, "{log}");
    }
    assert!(!log.contains("panicked"), "{log}");
}

/// Damage on the way is what libav has most to say about: it is said of the right stream, and not without end.
#[test]
fn damaged_packets_cost_their_own_stream_a_look_and_a_few_lines() {
    let folder = tempfile::tempdir().unwrap();
    let first = clip(folder.path(), FIRST, "first.flv");
    let second = clip(folder.path(), SECOND, "second.flv");
    let nginx = Nginx::start(folder.path());
    let url = |key: &str| format!("rtmp://127.0.0.1:{}/live/{key}", nginx.rtmp);
    // Of one packet in ten, a byte in 500.
    let noise = "noise=amount='if(lt(random(0),0.1),500,0)'";
    let damaged = Publisher::start(&first, &["flv", "-bsf:v", noise], &url("s3cret-damaged"));
    let _good = Publisher::start(&second, &["flv"], &url("s3cret-good"));
    let sources = ["damaged", "good"].map(|id| format!("{id}={}", url(&format!("s3cret-{id}"))));
    let args = ["--sample", "5"]
        .map(str::to_owned)
        .into_iter()
        .chain(sources);
    let mut watch = Watch::start(&folder.path().join("data"), args);
    watch.opened(SECOND);
    watch.opened(FIRST);
    let line = watch.logged("libav: ");
    assert!(line.contains("stream.id=\"damaged\""), "{line}");
    // What breaks off is what the other one says of itself.
    drop(damaged);
    let (status, _, log) = watch.stop();
    assert!(status.success(), "{log}");
    let said = log.lines().filter(|line| line.contains("libav: "));
    let (of_good, of_damaged): (Vec<&str>, Vec<&str>) =
        said.partition(|line| line.contains("stream.id=\"good\""));
    assert!(of_good.is_empty(), "{of_good:?}");
    assert!(
        of_damaged
            .iter()
            .all(|line| line.contains("stream.id=\"damaged\"")),
        "{of_damaged:?}"
    );
    assert!(of_damaged.len() < 20, "{}", of_damaged.len());
    assert!(!log.contains("s3cret"), "{log}");
    assert_eq!(count(&log, "good", "broken"), 0, "{log}");
    for id in ["damaged", "good"] {
        assert_eq!(count(&log, id, "panics"), 0, "{log}");
    }
}

#[test]
fn flv_that_is_cut_and_mangled_is_opened_again_until_it_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read(clip(folder.path(), FIRST, "first.flv")).unwrap();
    // Adobe FLV 10.1, annex E.3 and E.4.1: 9 bytes of header, 4 of "previous tag size", then tags of type, three bytes
    // of size, seven of time and stream, the data, and the size again.
    let mut tags = Vec::new();
    let mut at = 13;
    while at + 11 < whole.len() {
        tags.push(at);
        let size = u32::from_be_bytes([0, whole[at + 1], whole[at + 2], whole[at + 3]]);
        at += 11 + size as usize + 4;
    }
    assert!(tags.len() > 100, "{}", tags.len());
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = whole.clone();
        change(&mut bytes);
        bytes
    };
    let bodies = vec![
        // Cut within the header, within a tag's header, within a keyframe's data.
        whole[..5].to_vec(),
        whole[..tags[20] + 6].to_vec(),
        whole[..tags[2] + 400].to_vec(),
        // A tag that claims to be 16 MiB, tags of no known type, tags that claim to be empty.
        with(&|b| b[tags[20] + 1..tags[20] + 4].fill(0xff)),
        with(&|b| tags[10..].iter().for_each(|at| b[*at] = 0x5b)),
        with(&|b| tags[5..].iter().for_each(|at| b[at + 1..at + 4].fill(0))),
        // Whole, and with another code: the damaged ones may show theirs too.
        std::fs::read(clip(folder.path(), SECOND, "second.flv")).unwrap(),
    ];
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for (peer, body) in listener.incoming().zip(bodies) {
            let mut peer = peer.unwrap();
            let _ = peer.read(&mut [0; 4_096]);
            let _ = peer.write_all(
                b"HTTP/1.1 200 OK\r\nContent-Type: video/x-flv\r\nConnection: close\r\n\r\n",
            );
            // The other end may have given it up.
            let _ = peer.write_all(&body);
        }
    });
    let data = folder.path().join("data");
    let mut watch = Watch::start(
        &data,
        [format!("room=http://127.0.0.1:{port}/live/s3cret.flv")],
    );
    watch.opened(SECOND);
    let (status, _, log) = watch.stop();
    assert!(status.success(), "{log}");
    assert_eq!(count(&log, "room", "panics"), 0, "{log}");
    assert!(
        !log.contains("s3cret") && !log.contains("panicked"),
        "{log}"
    );
}

/// Adobe RTMP 1.0: servers that break off, that are none, and that begin well.
#[test]
fn servers_that_do_not_speak_rtmp_are_given_up_and_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let shaken = |then: &[u8]| [&[3], &[0; 2 * 1_536][..], then].concat();
    // A status with the code, a command in AMF 0, on chunk stream 3.
    let status = |code: &str| {
        let mut body = b"\x02\0\x08onStatus\0\0\0\0\0\0\0\0\0\x05\x03\0\x05level\x02\0\x05error\0\x04code\x02\0".to_vec();
        body.push(code.len() as u8);
        body.extend(code.as_bytes());
        body.extend([0, 0, 9]);
        let mut chunk = vec![3, 0, 0, 0, 0, 0, body.len() as u8, 20, 0, 0, 0, 0];
        chunk.extend(body);
        chunk
    };
    let answers = [
        (Vec::new(), "end of file"),
        (
            b"HTTP/1.1 400 Bad Request\r\n\r\n".repeat(100),
            "does not shake hands",
        ),
        (shaken(&[0xc6, 1, 2, 3]), "refers to none"),
        (
            shaken(&status("NetStream.Play.StreamNotFound")),
            "NetStream.Play.StreamNotFound",
        ),
        (shaken(&status("no s3cret")), "without a reason"),
        // It begins and says nothing more, until we have had enough.
        (shaken(&[]), "silent for 1.0 s"),
    ];
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("room=rtmp://{}/live/s3cret", listener.local_addr().unwrap());
    let expected = answers.clone().map(|(_, says)| says);
    std::thread::spawn(move || {
        for (peer, (answer, says)) in listener.incoming().zip(answers) {
            let mut peer = peer.unwrap();
            let _ = peer.write_all(&answer);
            if !says.starts_with("silent") {
                let _ = peer.shutdown(std::net::Shutdown::Write);
            }
            // What is sent is read to its end: a reset would take the answer with it.
            let _ = std::io::copy(&mut peer, &mut std::io::sink());
        }
    });
    let config = folder.path().join("config.toml");
    std::fs::write(&config, "[timeouts]\nopen_ms = 1000\nread_ms = 1000\n").unwrap();
    let config = config.display().to_string();
    let data = folder.path().join("data");
    let mut watch = Watch::start(&data, ["--config", &config, &url]);
    for says in expected {
        let line = watch.logged("cannot be watched");
        assert!(line.contains(says), "{line}: {says}");
        assert!(!line.contains("s3cret"), "{line}");
    }
    assert!(watch.stop().0.success());
}
