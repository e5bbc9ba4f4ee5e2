package org.convoy.driver.exchange.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import java.util.Optional;

/**
 * Chooses the memory that a socket reads into. Unencrypted frames go straight to the place of their
 * payload; all else goes to a buffer of netty's. netty reads into the memory that this allocator
 * gives it. Each connection has one, used by its event loop.
 */
final class ReadBuffers implements RecvByteBufAllocator {

  /** Knows the memory that the next bytes belong in. */
  interface Lender {
    /** Writable memory for the next bytes; empty if any memory will do. */
    Optional<ByteBuf> lend();
  }

  private static final int READS_IN_A_ROW = 16;

  private final AdaptiveRecvByteBufAllocator otherwise =
      new AdaptiveRecvByteBufAllocator(1024, 16 << 10, 1 << 20);
  private Lender lender = Optional::empty;

  ReadBuffers() {
    otherwise.maxMessagesPerRead(READS_IN_A_ROW);
  }

  /** Asks the lender first from now on. To be called by the connection's event loop. */
  void lender(Lender lender) {
    this.lender = lender;
  }

  @Override
  @SuppressWarnings("deprecation") // netty's interface cannot be implemented without it
  public Handle newHandle() {
    return new DelegatingHandle(otherwise.newHandle()) {
      @Override
      public ByteBuf allocate(ByteBufAllocator allocator) {
        return lender.lend().orElseGet(() -> super.allocate(allocator));
      }
    };
  }
}
