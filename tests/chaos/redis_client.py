"""A client of a Redis on a Unix socket."""
import redis

# redis-py 4.3 names both when a connection was reset, and fails over those that have neither.
redis.connection.UnixDomainSocketConnection.host = 'unix socket'
redis.connection.UnixDomainSocketConnection.port = 0


def connect(socket, timeout, **options):
    return redis.Redis(unix_socket_path=str(socket), socket_timeout=timeout, **options)
