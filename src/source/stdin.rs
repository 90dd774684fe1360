//! Standard input with a deadline: a read of a pipe cannot be interrupted, so a thread of its own does
//! it and whoever waits for the bytes can give up.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

/// Bytes that are read at once, and buffers that are read ahead.
const CHUNK: usize = 64 << 10;
const AHEAD: usize = 4;

/// How often a wait looks up to see whether it was interrupted.
const POLL: Duration = Duration::from_millis(100);

/// Reads standard input until `interrupted` says to give up.
pub(super) struct Stdin<F> {
    chunks: Receiver<io::Result<Vec<u8>>>,
    chunk: Vec<u8>,
    taken: usize,
    interrupted: F,
}

impl<F: Fn() -> bool> Stdin<F> {
    /// Starts reading `input`.
    pub(super) fn new(mut input: impl Read + Send + 'static, interrupted: F) -> io::Result<Self> {
        let (sender, chunks) = sync_channel(AHEAD);
        std::thread::Builder::new()
            .name("stdin".to_owned())
            .spawn(move || {
                loop {
                    let mut chunk = vec![0; CHUNK];
                    let read = match input.read(&mut chunk) {
                        Ok(0) => return,
                        Ok(read) => {
                            chunk.truncate(read);
                            Ok(chunk)
                        }
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                        Err(error) => Err(error),
                    };
                    let failed = read.is_err();
                    if sender.send(read).is_err() || failed {
                        return;
                    }
                }
            })?;
        Ok(Self {
            chunks,
            chunk: Vec::new(),
            taken: 0,
            interrupted,
        })
    }
}

impl<F: Fn() -> bool> Read for Stdin<F> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.chunk.len() {
            if (self.interrupted)() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            match self.chunks.recv_timeout(POLL) {
                Ok(chunk) => {
                    self.chunk = chunk?;
                    self.taken = 0;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
            }
        }
        let count = into.len().min(self.chunk.len() - self.taken);
        into[..count].copy_from_slice(&self.chunk[self.taken..][..count]);
        self.taken += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn gives_all_bytes_and_then_the_end() {
        let bytes: Vec<u8> = (0..200_000u32).map(|n| n as u8).collect();
        let mut stdin = Stdin::new(io::Cursor::new(bytes.clone()), || false).unwrap();
        let mut read = Vec::new();
        stdin.read_to_end(&mut read).unwrap();
        assert_eq!(read, bytes);
    }

    #[test]
    fn a_silent_pipe_is_given_up() {
        let (reader, _writer) = io::pipe().unwrap();
        let asked = AtomicBool::new(false);
        // The second question comes after a wait for bytes that never come.
        let mut stdin = Stdin::new(reader, || asked.swap(true, Ordering::Relaxed)).unwrap();
        let error = stdin.read(&mut [0; 16]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
