"""The fixtures that everything else is tested with are themselves real and separate."""

from __future__ import annotations

import pika
import psycopg2
import pytest
import sqlalchemy


def test_broker_takes_and_gives_a_message(amqp_uri: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(amqp_uri)) as connection:
        channel = connection.channel()
        channel.queue_declare("here")
        channel.basic_publish("", "here", b"hello")
        _, _, body = channel.basic_get("here", auto_ack=True)
    assert body == b"hello"


def test_each_test_has_a_virtual_host_of_its_own(broker, amqp_uri: str) -> None:
    with broker.virtual_host() as other:
        assert other != amqp_uri
        with pika.BlockingConnection(pika.URLParameters(other)) as connection:
            connection.channel().queue_declare("only-there")
        with pika.BlockingConnection(pika.URLParameters(amqp_uri)) as connection:
            with pytest.raises(pika.exceptions.ChannelClosedByBroker):
                connection.channel().queue_declare("only-there", passive=True)


def test_database_is_empty_and_of_the_kind_asked_for(database_url: str) -> None:
    engine = sqlalchemy.create_engine(database_url.replace("postgresql://", "postgresql+psycopg2://"))
    assert sqlalchemy.inspect(engine).get_table_names() == []
    engine.dispose()


def test_postgresql_is_really_that(postgresql_url: str) -> None:
    connection = psycopg2.connect(postgresql_url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT version(), current_database()")
        version, name = cursor.fetchone()
    connection.close()
    assert version.startswith("PostgreSQL") and postgresql_url.endswith(name)
