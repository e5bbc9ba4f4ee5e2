package org.convoy.driver.spark;

import io.netty.channel.socket.SocketChannel;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.server.TransportChannelHandler;

/** Sets up channels as Spark 4 does. Its methods have other parameters in other versions of Spark. */
final class Pipelines {
  private Pipelines() {}

  /** The end that answers. */
  static TransportChannelHandler answering(
      TransportContext context, SocketChannel channel, RpcHandler handler) {
    return context.initializePipeline(channel, handler, false);
  }

  /** The end that calls. */
  static TransportChannelHandler calling(TransportContext context, SocketChannel channel) {
    return context.initializePipeline(channel, true);
  }
}
