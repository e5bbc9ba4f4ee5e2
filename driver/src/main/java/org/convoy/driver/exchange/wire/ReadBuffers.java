package org.convoy.driver.exchange.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import java.util.Optional;

/**
 * Chooses the memory that a socket reads into: once frames flow in the clear, the very place where
 * the payload is to end (netty's way into it is this allocator, since it reads into whatever it is
 * given here); otherwise a buffer of netty's own. One for each connection, used by its event loop.
 */
final class ReadBuffers implements RecvByteBufAllocator {

  /** Someone who knows where the next bytes belong. */
  interface Lender {
    /** Writable memory for the bytes to come, empty if there is none in particular. */
    Optional<ByteBuf> lend();
  }

  private static final int READS_IN_A_ROW = 16;

  private final AdaptiveRecvByteBufAllocator otherwise =
      new AdaptiveRecvByteBufAllocator(1024, 16 << 10, 1 << 20);
  private Lender lender = Optional::empty;

  ReadBuffers() {
    otherwise.maxMessagesPerRead(READS_IN_A_ROW);
  }

  /** From now on the lender is asked first. To be called by the connection's event loop. */
  void lender(Lender lender) {
    this.lender = lender;
  }

  @Override
  @SuppressWarnings("deprecation") // netty offers no other way to implement the interface
  public Handle newHandle() {
    return new DelegatingHandle(otherwise.newHandle()) {
      @Override
      public ByteBuf allocate(ByteBufAllocator allocator) {
        return lender.lend().orElseGet(() -> super.allocate(allocator));
      }
    };
  }
}
