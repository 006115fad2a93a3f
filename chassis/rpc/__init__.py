"""Commands and questions over the broker: the server on Nameko, the client on pika.

The wire is Nameko's: queue `rpc-<service>`, exchange `nameko-rpc`, routing key `<service>.<method>`,
`{"args": [], "kwargs": {"context": {...}, "data": {...}}}` answered by `{"result", "error"}`.
"""
