package org.convoy.driver.exchange;

import java.nio.ByteBuffer;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.server.StreamManager;

/**
 * Stands around Spark's authentication and closes the connection at the first message that it does
 * not take. Spark itself would answer with an error and listen on.
 */
final class Bouncer extends RpcHandler {

  private final RpcHandler authentication;
  private final Gate gate;

  Bouncer(RpcHandler authentication, Gate gate) {
    this.authentication = authentication;
    this.gate = gate;
  }

  @Override
  public void receive(TransportClient client, ByteBuffer message, RpcResponseCallback callback) {
    RpcResponseCallback watched =
        new RpcResponseCallback() {
          @Override
          public void onSuccess(ByteBuffer response) {
            callback.onSuccess(response);
          }

          @Override
          public void onFailure(Throwable cause) {
            callback.onFailure(cause);
            refuse(cause);
          }
        };
    try {
      authentication.receive(client, message, watched);
    } catch (RuntimeException e) {
      refuse(e);
    }
  }

  private void refuse(Throwable cause) {
    gate.refuse("does not know the application's secret (" + cause.getMessage() + ")");
  }

  @Override
  public StreamManager getStreamManager() {
    return authentication.getStreamManager();
  }

  @Override
  public void channelActive(TransportClient client) {
    authentication.channelActive(client);
  }

  @Override
  public void channelInactive(TransportClient client) {
    authentication.channelInactive(client);
  }

  @Override
  public void exceptionCaught(Throwable cause, TransportClient client) {
    authentication.exceptionCaught(cause, client);
  }
}
