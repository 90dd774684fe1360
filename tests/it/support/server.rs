//! Real servers on loopback.

use std::fs;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::ffmpeg;

/// A port that nobody uses, for TCP and UDP.
pub(crate) fn free_port() -> u16 {
    loop {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        if UdpSocket::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// nginx with its RTMP module, and a folder that it serves over HTTP.
pub(crate) struct Nginx {
    child: Child,
    pub(crate) rtmp: u16,
    pub(crate) http: u16,
}

impl Nginx {
    /// Starts nginx on two free ports; what lies in `folder/www` is served over HTTP.
    pub(crate) fn start(folder: &Path) -> Self {
        Self::start_on(folder, free_port(), free_port(), "")
    }

    /// The same, where HTTP has these locations as well.
    pub(crate) fn start_with(folder: &Path, locations: &str) -> Self {
        Self::start_on(folder, free_port(), free_port(), locations)
    }

    /// Its process.
    #[allow(dead_code, reason = "a benchmark asks for it")]
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Starts nginx on these ports.
    pub(crate) fn start_on(folder: &Path, rtmp: u16, http: u16, locations: &str) -> Self {
        Self::start_as(folder, rtmp, http, "", locations)
    }

    /// The same, where the RTMP application has these directives as well.
    pub(crate) fn start_as(
        folder: &Path,
        rtmp: u16,
        http: u16,
        application: &str,
        locations: &str,
    ) -> Self {
        let www = folder.join("www");
        fs::create_dir_all(&www).unwrap();
        let config = folder.join("nginx.conf");
        let text = format!(
            "load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
             daemon off; master_process off; worker_rlimit_nofile 8192; user root; pid {0}/nginx.pid; error_log {0}/nginx.log warn;
             events {{ worker_connections 4096; }}
             rtmp {{ server {{ listen 127.0.0.1:{rtmp}; application live {{ live on; {application} }} }} }}
             http {{ access_log off; client_body_temp_path {0}/body; proxy_temp_path {0}/proxy;
                     fastcgi_temp_path {0}/fastcgi; uwsgi_temp_path {0}/uwsgi; scgi_temp_path {0}/scgi;
                     server {{ listen 127.0.0.1:{http}; root {1}; {locations} }} }}",
            folder.display(),
            www.display()
        );
        fs::write(&config, text).unwrap();
        let child = Command::new("/usr/sbin/nginx")
            .arg("-p")
            .arg(folder)
            .arg("-c")
            .arg(&config)
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx with libnginx-mod-rtmp is needed for this test: see scripts/setup.sh");
        let nginx = Self { child, rtmp, http };
        for port in [rtmp, http] {
            await_port(port, folder);
        }
        nginx
    }
}

/// Waits until somebody listens on `port`.
pub(crate) fn await_port(port: u16, folder: &Path) {
    let started = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        let log = || fs::read_to_string(folder.join("nginx.log")).unwrap_or_default();
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "nobody listens: {}",
            log()
        );
        std::thread::yield_now();
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// ffmpeg that plays a clip over and over, as a live stream.
pub(crate) struct Publisher(Child);

impl Publisher {
    /// Plays `clip` to `target` in the container that `format` names (`flv`, `mpegts`, `hls`, ...).
    pub(crate) fn start(clip: &Path, format: &[&str], target: &str) -> Self {
        let mut command = ffmpeg();
        command.args(["-re", "-stream_loop", "-1", "-i"]).arg(clip);
        command
            .args(["-c", "copy", "-f"])
            .args(format)
            .args(["-y", target]);
        Self(
            command
                .stderr(Stdio::null())
                .spawn()
                .expect("ffmpeg is needed for this test: see scripts/setup.sh"),
        )
    }
}

impl Publisher {
    /// Waits until it ends by itself; whether it was content.
    #[allow(dead_code, reason = "a benchmark shares this file and does not ask")]
    pub(crate) fn ended(&mut self) -> bool {
        let started = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status.success();
            }
            assert!(
                started.elapsed() < Duration::from_mins(1),
                "the publisher goes on"
            );
            std::thread::yield_now();
        }
    }
}

impl Drop for Publisher {
    /// As `kill -9` does: no goodbye reaches the server.
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
