package org.convoy.driver.exchange.sums;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.convoy.driver.exchange.wire.Mesh;
import org.convoy.driver.exchange.wire.Outgoing;
import org.convoy.driver.exchange.wire.Receive;

/**
 * An all-gather in progress: every rank sends the chunks that it owns to all others. Chunks are to
 * be sent from the first to the last. So with parameters in forward order the next forward pass can
 * begin with the first of them.
 *
 * <p>The chunks' memory must not change until {@link #finish}, but for chunks of others that have
 * been awaited.
 */
final class AllGather {

  private final Mesh mesh;
  private final int operation;
  private final Chunks chunks;
  private final Floats memory;
  private final WireFormat format;
  private final MemoryGuard guard = new MemoryGuard();
  private final List<Optional<Receive>> receives = new ArrayList<>();

  /**
   * Posts all receives.
   *
   * @param arrival is told by a network thread of each chunk that has come, before it counts as
   *     received
   */
  AllGather(
      Mesh mesh,
      int operation,
      Chunks chunks,
      Floats memory,
      WireFormat format,
      IntConsumer arrival) {
    this.mesh = mesh;
    this.operation = operation;
    this.chunks = chunks;
    this.memory = memory;
    this.format = format;
    memory.check(chunks);
    for (int i = 0; i < chunks.count(); i++) {
      int chunk = i;
      int owner = chunks.owner(chunk, mesh.size());
      if (owner == mesh.rank()) {
        receives.add(Optional.empty());
      } else {
        Receive receive =
            Receive.into(
                operation,
                item(chunk),
                "all-gather, chunk " + chunk,
                packed(chunk),
                () -> guard.use(() -> arrival.accept(chunk)));
        receives.add(Optional.of(receive));
        mesh.post(owner, receive);
      }
    }
  }

  private int item(int chunk) {
    return chunk / mesh.size();
  }

  /** Sends a chunk that this rank owns. Each is to be sent once, in ascending order. */
  void send(int chunk) {
    for (int to = 0; to < mesh.size(); to++) {
      if (to != mesh.rank()) {
        mesh.send(to, List.of(new Outgoing(operation, item(chunk), packed(chunk))));
      }
    }
  }

  /** Sends all chunks that this rank owns. */
  void send() {
    for (int chunk = mesh.rank(); chunk < chunks.count(); chunk += mesh.size()) {
      send(chunk);
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

  /** Takes back the memory that {@code arrival} uses, if the all-gather will not be finished. */
  void abandon() {
    guard.revoke();
  }
}
