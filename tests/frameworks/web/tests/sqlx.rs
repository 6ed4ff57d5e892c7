//! sqlx: `#[sqlx::test]`, and the hooks of a pool, which run as whoever asks it for a connection.

mod users;

use contextvars::{Context, ContextExt, with_context};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use sqlx::{Connection, query, query_scalar};
use std::sync::{Arc, Mutex};
use users::{USER, seen};

#[with_context]
#[sqlx::test]
async fn test_functions_are_not_lent_to_the_tasks_of_their_executor(pool: SqlitePool) {
    USER.set("inner".to_owned());
    let mut connection = pool.acquire().await.unwrap();
    connection.ping().await.unwrap();
    assert!(
        tokio::spawn(async { USER.try_set("leak".to_owned()).is_err() })
            .await
            .unwrap()
    );
    assert_eq!(USER.get(), "inner");
}

// sqlx expands first: the context goes on the function that its runner drives, and not around the runner.
#[sqlx::test]
#[with_context]
async fn nor_are_those_with_the_attribute_below(pool: SqlitePool) {
    USER.set("inner".to_owned());
    let mut connection = pool.acquire().await.unwrap();
    connection.ping().await.unwrap();
    let refused = tokio::spawn(async { USER.try_set("leak".to_owned()).is_err() });
    assert!(refused.await.unwrap());
    assert_eq!(USER.get(), "inner");
}

#[sqlx::test]
#[with_context(USER = "bound".to_owned())]
async fn nor_are_those_without_a_pool() {
    let refused = tokio::spawn(async { USER.try_set("leak".to_owned()).is_err() });
    assert!(refused.await.unwrap());
    tokio::task::yield_now().await;
    assert_eq!(USER.get(), "bound");
}

#[with_context(USER = "bound".to_owned())]
#[sqlx::test]
async fn test_functions_see_what_they_bind(pool: SqlitePool) -> sqlx::Result<()> {
    let user: String = query_scalar("SELECT ?").bind(USER.get()).fetch_one(&pool).await?;
    assert_eq!(user, "bound");
    Ok(())
}

/// A connection that tells the database for whom it works, as for row-level security.
#[tokio::test]
async fn a_connection_is_told_who_has_it() {
    let pool = SqlitePoolOptions::new()
        .max_connections(2)
        .after_connect(|connection, _| {
            Box::pin(async move {
                query("CREATE TEMP TABLE caller (name TEXT)")
                    .execute(&mut *connection)
                    .await?;
                query("INSERT INTO caller VALUES (?)")
                    .bind(USER.get())
                    .execute(connection)
                    .await?;
                Ok(())
            })
        })
        .before_acquire(|connection, _| {
            Box::pin(async move {
                query("UPDATE caller SET name = ?")
                    .bind(USER.get())
                    .execute(connection)
                    .await?;
                Ok(true)
            })
        })
        .connect_lazy_with(SqliteConnectOptions::new().in_memory(true));
    let ask = |user: &str| {
        USER.scope(user.to_owned(), async {
            let mut connection = pool.acquire().await.unwrap();
            seen().await;
            query_scalar::<_, String>("SELECT name FROM caller")
                .fetch_one(&mut *connection)
                .await
                .unwrap()
        })
    };
    // New connections first, and then those of the others.
    for [one, other] in [["alice", "bob"], ["carol", "dave"], ["bob", "alice"]] {
        assert_eq!(tokio::join!(ask(one), ask(other)), (one.to_owned(), other.to_owned()));
    }
}

/// What lives as long as the connection is made as nobody; what is released is released by a task of the pool.
#[tokio::test]
async fn hooks_that_are_nobodys() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let (connected, released) = (heard.clone(), heard.clone());
    let pool = SqlitePoolOptions::new()
        .after_connect(move |_, _| {
            let connected = connected.clone();
            let hook = async move {
                connected.lock().unwrap().push(("connected", USER.get()));
                Ok(())
            };
            Box::pin(hook.in_context(Context::new()))
        })
        .after_release(move |_, _| {
            released.lock().unwrap().push(("released", USER.get()));
            Box::pin(async { Ok(true) })
        })
        .connect_lazy_with(SqliteConnectOptions::new().in_memory(true));
    USER.scope("alice".to_owned(), async { drop(pool.acquire().await.unwrap()) })
        .await;
    while pool.num_idle() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(
        *heard.lock().unwrap(),
        [("connected", "nobody".to_owned()), ("released", "nobody".to_owned())]
    );
}
