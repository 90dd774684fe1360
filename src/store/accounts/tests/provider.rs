use super::*;

fn identity(subject: &str, mapped: bool) -> Identity<'_> {
    Identity {
        issuer: "https://id.example",
        subject,
        mapped,
    }
}

/// Begins a session of this user.
async fn begin(store: &Store, user: &str, proof: Proof<'_>, sha256: &str) {
    let none = json!({});
    let session = SessionRow {
        user: user.to_owned(),
        ..session(sha256, 3)
    };
    let began = line(3, "began", &none);
    let added = store.add_session(&session, sha256, proof, (0, 0), &began);
    assert!(added.await.unwrap());
}

#[tokio::test]
async fn a_user_is_known_by_who_it_is_at_the_provider() {
    let folder = tempfile::tempdir().unwrap();
    let (store, none) = (with_admin(folder.path()).await, json!({}));
    let add = async |id: &str, name: &str, subject: &str| {
        let (user, came) = (user(id, name), line(3, "came", &none));
        let added = store.add_identified(&user, identity(subject, true), &came);
        added.await.unwrap()
    };
    assert!(add("2", "ben", "b").await);
    assert!(!add("3", "Ben", "c").await, "the name is taken");
    assert!(!add("3", "cleo", "b").await, "the subject is");
    assert!(store.user("3").await.unwrap().is_none());
    let known = async |issuer: &str, subject: &str| {
        let known = store.identified(issuer, subject).await.unwrap();
        known.map(|known| (known.user.name, known.mapped))
    };
    let issuer = "https://id.example";
    assert_eq!(known(issuer, "b").await, Some(("ben".to_owned(), true)));
    for (issuer, subject) in [(issuer, "B"), ("https://id.example/", "b"), (issuer, "")] {
        assert_eq!(known(issuer, subject).await, None, "{issuer} {subject}");
    }
    let ben = store.user("2").await.unwrap().unwrap();
    assert!(ben.joined && ben.joinable_us.is_none());
    assert!(!store.user("1").await.unwrap().unwrap().joined);
    let names: Vec<_> = store.users("", 10).await.unwrap();
    assert_eq!(names.iter().filter(|user| user.joined).count(), 1);

    let map = async |id: &str, role: &str, mapped| {
        let changed = line(4, "mapped", &none);
        store.map_role(id, role, mapped, &changed).await.unwrap()
    };
    let known_there = Proof::Identity {
        issuer,
        subject: "b",
    };
    begin(&store, "2", known_there, "s").await;
    assert_eq!(map("2", "lead", false).await, Changed::Done);
    assert!(store.session("s").await.unwrap().is_none(), "it ended");
    assert_eq!(known(issuer, "b").await, Some(("ben".to_owned(), false)));
    assert_eq!(store.user("2").await.unwrap().unwrap().role, "lead");
    assert_eq!(map("2", "admin", true).await, Changed::Done);
    assert_eq!(map("1", "viewer", true).await, Changed::LastAdmin);
    assert_eq!(store.user("1").await.unwrap().unwrap().role, "admin");
    assert_eq!(map("9", "viewer", true).await, Changed::Unknown);
    assert_eq!(
        actions(&store).await,
        ["made", "set up", "came", "began", "mapped", "mapped"]
    );
}

#[tokio::test]
async fn a_user_is_joined_only_where_an_admin_lets_it_and_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let (store, none) = (with_admin(folder.path()).await, json!({}));
    let issuer = "https://id.example";
    let join = async |subject: &str, at_us: i64| {
        let joined = line(at_us, "joined", &none);
        let joined = store.join("1", identity(subject, false), &joined);
        joined.await.unwrap()
    };
    let allow = async |id: &str, until_us| {
        let changed = line(5, "allowed", &none);
        store.let_join(id, until_us, &changed).await.unwrap()
    };
    assert!(!join("a", 5).await, "nobody let it");
    assert_eq!(allow("9", Some(10)).await, Changed::Unknown);
    assert_eq!(allow("1", Some(10)).await, Changed::Done);
    let ana = store.user("1").await.unwrap().unwrap();
    assert_eq!((ana.joined, ana.joinable_us), (false, Some(10)));
    assert!(!join("a", 10).await, "too late");
    let eve = (user("2", "eve"), line(5, "came", &none));
    let added = store.add_identified(&eve.0, identity("e", false), &eve.1);
    assert!(added.await.unwrap());
    assert!(!join("e", 9).await, "that is somebody else");
    begin(&store, "1", Proof::Password("hash"), "s").await;
    assert!(join("a", 9).await);
    assert!(!join("b", 9).await, "once");
    assert!(store.session("s").await.unwrap().is_some());
    let ana = store.user("1").await.unwrap().unwrap();
    assert_eq!((ana.joined, ana.joinable_us), (true, None));
    let known = store.identified(issuer, "a").await.unwrap().unwrap();
    assert_eq!((known.user.id.as_str(), known.mapped), ("1", false));
    assert_eq!(known.user, ana);

    assert_eq!(allow("1", None).await, Changed::Done);
    assert!(store.identified(issuer, "a").await.unwrap().is_none());
    assert!(store.session("s").await.unwrap().is_none(), "it ended");
    assert!(!join("a", 9).await, "not again by itself");
    let ana = store.user("1").await.unwrap().unwrap();
    assert!(!ana.joined && ana.password.is_some());
}

/// To check a password takes a while, and a provider is asked before.
#[tokio::test]
async fn a_session_begins_only_with_what_lets_its_user_in_at_that_moment() {
    let folder = tempfile::tempdir().unwrap();
    let (store, none) = (with_admin(folder.path()).await, json!({}));
    let (ben, came) = (user("2", "ben"), line(3, "came", &none));
    let added = store.add_identified(&ben, identity("b", true), &came);
    assert!(added.await.unwrap());
    let begin = async |user: &str, proof: Proof<'_>| {
        let session = SessionRow {
            user: user.to_owned(),
            ..session(&crate::ids::random(), 4)
        };
        let began = line(4, "began", &none);
        let begun = store.add_session(&session, &session.id, proof, (0, 0), &began);
        begun.await.unwrap()
    };
    let known = Proof::Identity {
        issuer: "https://id.example",
        subject: "b",
    };
    let password = Proof::Password("hash");
    assert!(begin("1", password).await && begin("2", known).await);
    assert!(!begin("1", known).await, "that is somebody else");
    assert!(!begin("2", password).await, "ben has none");
    assert!(!begin("9", password).await);
    let changed = line(5, "changed", &none);
    store.set_password("1", "other", &changed).await.unwrap();
    assert!(!begin("1", password).await);
    assert!(begin("1", Proof::Password("other")).await);
    let disable = async |disabled| {
        let changed = store.change_user("2", None, Some(disabled), &changed);
        assert_eq!(changed.await.unwrap(), Changed::Done);
    };
    disable(true).await;
    assert!(!begin("2", known).await);
    disable(false).await;
    assert!(begin("2", known).await);
    store.let_join("2", None, &changed).await.unwrap();
    assert!(!begin("2", known).await);
    let began = actions(&store).await;
    let began = began.iter().filter(|action| *action == "began");
    assert_eq!(began.count(), 4, "what was refused is not told");
}
