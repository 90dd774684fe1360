//! Names of streams that a URL writes otherwise, where libav asks for them: over TLS, and in the name of a user.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned, crypto};

use crate::support::{Clip, Nginx, Publisher, Watch};

/// Passes on what comes over TLS to `port`, and what comes back; where it listens.
fn tunnel(port: u16) -> u16 {
    let key = rcgen::KeyPair::generate().unwrap();
    let own = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
    let own = own.self_signed(&key).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![own.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let listens = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for outer in listener.incoming() {
            let (outer, config) = (outer.unwrap(), Arc::clone(&config));
            // Whoever goes ends it.
            std::thread::spawn(move || pass_on(outer, config, port));
        }
    });
    listens
}

fn pass_on(outer: TcpStream, config: Arc<ServerConfig>, port: u16) -> io::Result<()> {
    let mut inner = TcpStream::connect(("127.0.0.1", port))?;
    for stream in [&outer, &inner] {
        stream.set_read_timeout(Some(Duration::from_millis(5)))?;
    }
    let mut outer = StreamOwned::new(ServerConnection::new(config).unwrap(), outer);
    while pass(&mut outer, &mut inner)? && pass(&mut inner, &mut outer)? {}
    Ok(())
}

/// Passes on what has come by now; false at the end.
fn pass(from: &mut impl Read, to: &mut impl Write) -> io::Result<bool> {
    let mut buffer = [0; 16 << 10];
    match from.read(&mut buffer) {
        Ok(0) => Ok(false),
        Ok(read) => {
            to.write_all(&buffer[..read])?;
            to.flush()?;
            Ok(true)
        }
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
            Ok(true)
        }
        Err(error) => Err(error),
    }
}

#[test]
fn libav_asks_for_what_a_path_means() {
    let folder = tempfile::tempdir().unwrap();
    let nginx = Nginx::start(folder.path());
    let tls = tunnel(nginx.rtmp);
    let plain = nginx.rtmp;
    for (n, (name, written)) in [
        ("直播间", "%E7%9B%B4%E6%92%AD%E9%97%B4"),
        ("100%41", "100%2541"),
        ("a#b", "a%23b"),
    ]
    .into_iter()
    .enumerate()
    {
        let payload = format!("https://u.wechat.com/name-{n}");
        let clip = Clip {
            payload: &payload,
            ..Clip::default()
        };
        let clip = clip.make(folder.path(), &format!("{n}.ts"));
        let published = format!("rtmp://127.0.0.1:{plain}/live/{name}");
        let _publisher = Publisher::start(&clip, &["flv"], &published);
        for (way, url) in [
            (
                "user",
                format!("rtmp://ann:s3cret@127.0.0.1:{plain}/live/{written}"),
            ),
            ("tls", format!("rtmps://127.0.0.1:{tls}/live/{written}")),
        ] {
            let data = folder.path().join(format!("{way}-{n}"));
            let mut watch = Watch::start(&data, [&url]);
            watch.opened(&payload);
            let (status, _, log) = watch.stop();
            assert!(status.success(), "{way} {name}: {log}");
            assert!(!log.contains("s3cret"), "{log}");
        }
    }
}
