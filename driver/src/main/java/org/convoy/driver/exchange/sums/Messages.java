package org.convoy.driver.exchange.sums;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.convoy.driver.exchange.wire.Mesh;
import org.convoy.driver.exchange.wire.Outgoing;
import org.convoy.driver.exchange.wire.Receive;

/**
 * An exchange of a fixed number of messages in progress: each rank offers one message for each
 * number, in order, and takes all ranks' messages, in order. Their lengths may differ. {@link
 * #offer} returns at once, so messages leave while the next ones are computed.
 *
 * <p>At most {@value #WINDOW} messages of each rank are received ahead of {@link #take}.
 */
final class Messages {

  private static final int WINDOW = 4;

  private final Mesh mesh;
  private final int operation;
  private final int count;
  private final List<List<Receive>> receives = new ArrayList<>();
  private final List<byte[]> own = new ArrayList<>();
  private int taken;

  Messages(Mesh mesh, int operation, int count) {
    this.mesh = mesh;
    this.operation = operation;
    this.count = count;
    for (int number = 0; number < Math.min(WINDOW, count); number++) {
      post(number);
    }
  }

  private void post(int number) {
    List<Receive> ofAll = new ArrayList<>();
    for (int from = 0; from < mesh.size(); from++) {
      Receive receive = Receive.open(operation, number, "message " + number);
      if (from != mesh.rank()) {
        mesh.post(from, receive);
      }
      ofAll.add(receive);
    }
    receives.add(ofAll);
  }

  /** Sends this rank's next message to all others. The array must not change any more. */
  void offer(byte[] message) {
    int number = own.size();
    own.add(message);
    for (int to = 0; to < mesh.size(); to++) {
      if (to != mesh.rank()) {
        mesh.send(to, List.of(new Outgoing(operation, number, ByteBuffer.wrap(message))));
      }
    }
  }

  /** Waits for all ranks' next messages, in the order of ranks. */
  List<ByteBuffer> take() {
    List<ByteBuffer> all = new ArrayList<>();
    for (int from = 0; from < mesh.size(); from++) {
      all.add(
          from == mesh.rank()
              ? ByteBuffer.wrap(own.get(taken))
              : mesh.await(from, receives.get(taken).get(from)));
    }
    receives.set(taken, List.of());
    taken++;
    int next = taken + WINDOW - 1;
    if (next < count) {
      post(next);
    }
    return all;
  }

  /** Returns when everything offered has been sent. */
  void finish() {
    mesh.awaitSent();
  }
}
