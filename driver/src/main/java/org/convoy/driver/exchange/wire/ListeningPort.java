package org.convoy.driver.exchange.wire;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;

/** Finds the port on which an executor listens for the others. */
final class ListeningPort {

  private static final int BACKLOG = 256;

  private ListeningPort() {}

  /**
   * Listens on the first port of the range in the settings that is free.
   *
   * @throws ExchangeException if none is free
   */
  static ServerSocketChannel firstFree(MeshSettings settings) {
    int first = settings.port();
    int last = first == 0 ? 0 : Math.min(65535, first + settings.portRetries());
    for (int port = first; port <= last; port++) {
      try {
        return listen(settings.bindAddress(), port);
      } catch (BindException e) {
        if (port == last) {
          throw cannotListen(settings, first, last, e);
        }
      } catch (IOException e) {
        throw cannotListen(settings, first, last, e);
      }
    }
    throw new AssertionError("unreachable");
  }

  private static ServerSocketChannel listen(String host, int port) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      InetSocketAddress address = new InetSocketAddress(host, port);
      if (address.isUnresolved()) {
        throw new IOException("the host is unknown");
      }
      return channel.bind(address, BACKLOG);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static ExchangeException cannotListen(
      MeshSettings settings, int first, int last, Throwable cause) {
    String ports =
        first == 0
            ? "any port"
            : first == last ? "port " + first : "ports " + first + " to " + last;
    return new ExchangeException(
        "cannot listen for other executors on "
            + settings.bindAddress()
            + ", "
            + ports
            + " ("
            + cause.getMessage()
            + "): set spark.convoy.exchange.port to the start of a free range, or to 0 for any port;"
            + " spark.convoy.exchange.portRetries widens the range, and"
            + " spark.convoy.exchange.bindAddress chooses another address",
        cause);
  }
}
