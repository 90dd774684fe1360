//! Has the heap of glibc give back to the system what is free in it.
//!
//! glibc has a heap for each of many threads, which shrinks from its end alone. Where large blocks come and go, such as
//! pictures, what is free between two that stay is held for good, unless it is asked to be given back.

/// Gives back all whole pages that are free, in every heap; true where there were any. Each heap is locked for as long
/// as that takes, about a millisecond. Where the C library is not glibc nothing is done.
#[must_use]
pub fn trim() -> bool {
    #[cfg(target_env = "gnu")]
    {
        // SAFETY: malloc_trim takes a number and locks what it changes (MT-Safe by malloc_trim(3)).
        unsafe { libc::malloc_trim(0) == 1 }
    }
    #[cfg(not(target_env = "gnu"))]
    false
}

#[cfg(test)]
mod tests {
    use super::trim;

    #[test]
    #[cfg(target_env = "gnu")]
    fn what_is_free_between_two_that_stay_is_given_back() {
        // Below the least size that glibc maps by itself, 128 KiB: these are in the heap.
        let mut blocks: Vec<_> = (0..100).map(|n| vec![n; 64 << 10]).collect();
        let mut odd = 0..100;
        blocks.retain(|_| odd.next().is_some_and(|n| n % 2 == 1));
        assert!(trim());
        assert!(blocks.iter().all(|block| block.iter().all(|n| n % 2 == 1)));
    }
}
