ARG BASE
FROM ${BASE}
RUN printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d \
    && apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends rabbitmq-server \
    && rm -rf /var/lib/apt/lists/* /var/lib/rabbitmq/* && mkdir -p /etc/rabbitmq/conf.d && chown rabbitmq: /var/lib/rabbitmq
ENV PATH=/usr/lib/rabbitmq/bin:$PATH HOME=/var/lib/rabbitmq RABBITMQ_CONFIG_FILES=/etc/rabbitmq/conf.d \
    RABBITMQ_LOGS=- RUNNING_UNDER_SYSTEMD=true
VOLUME /var/lib/rabbitmq
USER rabbitmq
CMD ["rabbitmq-server"]
