package org.convoy.driver.exchange.wire;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts the connections that an executor refused, and logs the first from each host. */
final class RefusedConnections {

  private static final Logger log = LoggerFactory.getLogger(RefusedConnections.class);
  private static final int MAX_NAMED = 1000;

  private final Set<String> named = ConcurrentHashMap.newKeySet();
  private final AtomicInteger refused = new AtomicInteger();

  void refuse(SocketAddress remote, String reason) {
    refused.incrementAndGet();
    String host =
        remote instanceof InetSocketAddress inet ? inet.getHostString() : String.valueOf(remote);
    if (named.size() < MAX_NAMED && named.add(host)) {
      log.warn(
          "Refused a stranger at the exchange port: {} {}. Further connections from {} are refused and not logged; training goes on.",
          remote,
          reason,
          host);
    }
  }

  int refused() {
    return refused.get();
  }
}
