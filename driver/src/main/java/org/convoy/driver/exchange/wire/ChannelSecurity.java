package org.convoy.driver.exchange.wire;

import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import java.time.Duration;

/**
 * How the platform under a run lets executors authenticate each other and encrypt what they send.
 */
public interface ChannelSecurity {

  /** What executors of this run know, and nobody else. */
  String secret();

  /** Makes ready for connections. */
  Session open();

  /** For the connections of one executor. Channels come with automatic reading off. */
  interface Session extends AutoCloseable {

    /**
     * Takes the callee's part; called in the channel's event loop.
     *
     * @param secured is run there once both ends have authenticated and have their ciphers in place
     */
    void answer(SocketChannel channel, Runnable secured);

    /**
     * Takes the caller's part, and returns once both ends have their ciphers in place. Not called
     * in an event loop.
     *
     * @throws RuntimeException if the callee does not authenticate, or does not answer in time
     */
    void call(SocketChannel channel, Duration patience);

    /** Leaves of its handlers only the ciphers in a channel; called in the channel's event loop. */
    void removeHandshake(Channel channel);

    /** The most bytes that a channel's cipher takes in one buffer. */
    int longestWrite(Channel channel);

    @Override
    void close();
  }
}
