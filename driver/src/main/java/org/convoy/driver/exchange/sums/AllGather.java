package org.convoy.driver.exchange.sums;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.convoy.driver.exchange.wire.Mesh;
import org.convoy.driver.exchange.wire.Outgoing;
import org.convoy.driver.exchange.wire.Receive;

/**
 * An all-gather in progress: every rank sends the chunks that it owns to all others. Chunks are
 * sent from the first to the last. So with parameters in forward order the next forward pass can
 * begin with the first of them.
 *
 * <p>The chunks' memory must not change until {@link #finish}, but for chunks of others that have
 * been awaited.
 */
final class AllGather {

  private final Mesh mesh;
  private final Chunks chunks;
  private final Floats memory;
  private final WireFormat format;
  private final List<Optional<Receive>> receives = new ArrayList<>();

  /** Posts all receives, and begins to send. */
  AllGather(Mesh mesh, int operation, Chunks chunks, Floats memory, WireFormat format) {
    this.mesh = mesh;
    this.chunks = chunks;
    this.memory = memory;
    this.format = format;
    memory.check(chunks);
    List<Outgoing> frames = new ArrayList<>();
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      int owner = chunks.owner(chunk, mesh.size());
      int item = chunk / mesh.size();
      if (owner == mesh.rank()) {
        frames.add(new Outgoing(operation, item, packed(chunk)));
        receives.add(Optional.empty());
      } else {
        Receive receive =
            Receive.into(operation, item, "all-gather, chunk " + chunk, packed(chunk));
        mesh.post(owner, receive);
        receives.add(Optional.of(receive));
      }
    }
    for (int to = 0; to < mesh.size(); to++) {
      if (to != mesh.rank()) {
        mesh.send(to, frames);
      }
    }
  }

  private ByteBuffer packed(int chunk) {
    int length = chunks.length(chunk);
    return memory.bytes(chunks.start(chunk), length).limit(format.bytes(length));
  }

  /** Returns when a chunk has been received, or at once if this rank owns it. */
  void await(int chunk) {
    receives.get(chunk).ifPresent(receive -> mesh.await(chunks.owner(chunk, mesh.size()), receive));
  }

  /** Returns when all chunks have been received and the own ones have been sent. */
  void finish() {
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      await(chunk);
    }
    mesh.awaitSent();
  }
}
