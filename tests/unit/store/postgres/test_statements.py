"""The rule that every statement of a PostgreSQL store is held against while contracts and conversations run."""

import pytest
from tests.neighbour.statements import problem


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT number FROM "d_Note" WHERE account_id = $1',
        "UPDATE account SET commits = $2 WHERE account_id = $1",
        "DELETE FROM once WHERE account_id = $1 AND until < $2",
        "INSERT INTO mark (account_id, sequence, at) VALUES ($1, $2, $3)",
        'INSERT INTO "n_Note_box" AS n (account_id, value) SELECT $1, c.value FROM unnest($2::bigint[]) AS c (value)',
        'SELECT d.number FROM "d_Note" d JOIN "a_Note" a ON a.account_id = $1 WHERE d.account_id = $1',
        "SAVEPOINT inside",
    ],
)
def test_a_statement_that_names_its_account_everywhere_is_kept(sql: str) -> None:
    assert problem(sql) is None


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT number FROM "d_Note"',
        'SELECT number FROM "d_Note" WHERE account_id = $2',
        'SELECT d.number FROM "d_Note" d JOIN "a_Note" a ON a.number = d.number WHERE d.account_id = $1',
        'SELECT 1 FROM "d_Note" d WHERE d.account_id = $1 AND EXISTS (SELECT 1 FROM "a_Note" a WHERE a.number = 1)',
        "UPDATE account SET commits = 1",
        "INSERT INTO mark (sequence, at) VALUES ($1, $2)",
        "INSERT INTO mark (account_id, sequence) VALUES ($2, $1)",
        'DELETE FROM "s_Note_box" m USING "i_Note" i WHERE m.account_id = $1 AND m.number = i.number',
        "CREATE TABLE more (account_id bigint)",
        "TRUNCATE account",
    ],
)
def test_a_statement_that_does_not_is_told(sql: str) -> None:
    assert problem(sql) is not None
