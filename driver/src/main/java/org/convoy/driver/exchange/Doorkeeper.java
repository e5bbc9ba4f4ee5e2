package org.convoy.driver.exchange;

import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.server.OneForOneStreamManager;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.server.StreamManager;

/**
 * Answers the one message that a new connection may send once Spark's authentication, where it is
 * on, has let it through: its {@link Hello}.
 */
final class Doorkeeper extends RpcHandler {

  /** What happens to an admitted caller, in its channel's event loop. */
  @FunctionalInterface
  interface Admission {
    /**
     * Changes the connection over to frames.
     *
     * @return false if this rank is connected already
     */
    boolean admit(Channel channel, int rank);
  }

  private final CompletableFuture<Party> party;
  private final Gate gate;
  private final Admission admission;
  private final StreamManager streams = new OneForOneStreamManager();

  Doorkeeper(CompletableFuture<Party> party, Gate gate, Admission admission) {
    this.party = party;
    this.gate = gate;
    this.admission = admission;
  }

  @Override
  public void receive(TransportClient client, ByteBuffer message, RpcResponseCallback callback) {
    Channel channel = client.getChannel();
    Optional<Hello> hello = Hello.decode(message);
    if (hello.isEmpty()) {
      gate.refuse("sent something else than a greeting");
      return;
    }
    // A caller may be faster than this executor's own way back from the rendezvous.
    party.thenAccept(
        known -> channel.eventLoop().execute(() -> answer(channel, hello.get(), known, callback)));
  }

  private void answer(Channel channel, Hello hello, Party known, RpcResponseCallback callback) {
    if (!channel.isActive()) {
      return;
    }
    Optional<String> objection = known.objection(hello);
    if (objection.isPresent()) {
      gate.refuse(objection.get());
      return;
    }
    gate.admit();
    callback.onSuccess(ByteBuffer.allocate(0));
    // The answer has gone through Spark's encoder; the caller is silent until it has it.
    if (!admission.admit(channel, hello.from())) {
      channel.close();
    }
  }

  @Override
  public StreamManager getStreamManager() {
    return streams;
  }
}
