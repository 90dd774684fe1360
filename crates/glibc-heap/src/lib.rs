//! Has the heap of glibc hold on to what is needed again soon, and give back to the system what is free in it; says how much
//! of it is in use.
//!
//! glibc has a heap for each of many threads, which shrinks from its end alone, and at once. Where large blocks come and
//! go, such as pictures, it asks the system for the same memory again and again, while what is free between two that
//! stay is held for good. Both are better done now and then, by who knows when.

/// The largest block that glibc takes from a heap, in bytes: half of the largest heap (malloc/malloc.c, `HEAP_MAX_SIZE`).
#[cfg(target_env = "gnu")]
const LARGEST_BLOCK: i32 = 32 << 20;
/// How much may be free at the end of a heap before it shrinks by itself, in bytes.
#[cfg(target_env = "gnu")]
const FREE_END: i32 = 128 << 20;

/// Has blocks of up to 32 MiB taken from the heaps, which no longer shrink by themselves: [`trim`] is what does it. True
/// where that was set; where the C library is not glibc nothing is done.
#[must_use]
pub fn hold() -> bool {
    #[cfg(target_env = "gnu")]
    {
        let set = |parameter, bytes| {
            // SAFETY: mallopt takes two numbers and locks what it changes (MT-Safe but for its first call, by mallopt(3)).
            unsafe { libc::mallopt(parameter, bytes) == 1 }
        };
        set(libc::M_MMAP_THRESHOLD, LARGEST_BLOCK) && set(libc::M_TRIM_THRESHOLD, FREE_END)
    }
    #[cfg(not(target_env = "gnu"))]
    false
}

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

/// Bytes that the program has asked for and not given back, in all heaps and beside them; 0 where the C library is not glibc. What the
/// system counts for a process is more: it has what is free between two blocks as well. Each heap is locked for a moment.
#[must_use]
pub fn in_use() -> u64 {
    #[cfg(target_env = "gnu")]
    {
        // SAFETY: mallinfo2 takes nothing, returns numbers by value, and locks each heap that it reads (MT-Safe but for a race with
        // mallopt, by mallinfo(3), which tears a number at worst).
        let heaps = unsafe { libc::mallinfo2() };
        heaps.uordblks as u64 + heaps.hblkhd as u64
    }
    #[cfg(not(target_env = "gnu"))]
    0
}

#[cfg(test)]
mod tests {
    use super::{hold, in_use, trim};

    #[test]
    #[cfg(target_env = "gnu")]
    fn what_is_asked_for_is_in_use_until_it_is_given_back() {
        const MUCH: u64 = 64 << 20;
        let before = in_use();
        // Of small blocks in another heap, and one that has none.
        let all = std::thread::spawn(|| {
            let small: Vec<_> = (0..32 << 10).map(|_| vec![1_u8; 1 << 10]).collect();
            (small, vec![1_u8; 32 << 20])
        });
        let all = all.join().expect("memory");
        assert!(in_use() > before + MUCH * 9 / 10);
        drop(all);
        assert!(in_use() < before + MUCH / 10);
    }

    #[test]
    #[cfg(target_env = "gnu")]
    fn what_is_free_between_two_that_stay_is_given_back() {
        assert!(hold());
        let mut blocks: Vec<_> = (0..100_u8).map(|n| vec![n; 256 << 10]).collect();
        let mut odd = 0..100;
        blocks.retain(|_| odd.next().is_some_and(|n| n % 2 == 1));
        assert!(trim());
        assert!(blocks.iter().all(|block| block.iter().all(|n| n % 2 == 1)));
    }
}
