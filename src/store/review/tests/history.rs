//! What pages show of a long history.

use super::*;

#[tokio::test]
async fn the_newest_of_a_long_history_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let rules = rules();
    for number in 1..4 {
        see(&store, "a", number, &Seen::default(), 1).await;
    }
    for n in 0..9 {
        let ann = act(&rules, "ann", 10 + n);
        store.note(&ann, "a", "again").await.unwrap();
    }
    let shown = async |limit| {
        let rows = store.newest_history("a", limit).await.unwrap();
        rows.into_iter().map(|row| row.sequence).collect::<Vec<_>>()
    };
    assert_eq!(shown(3).await, [10, 11, 12], "the oldest of them first");
    let all = shown(100).await;
    let updates = history(&store, "a").await;
    let updates = updates.iter().filter(|kind| kind.contains("updated"));
    assert_eq!(all.len(), 12 - updates.count());
    assert_eq!((all[0], all.last()), (1, Some(&12)));
}
