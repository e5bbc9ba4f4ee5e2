package org.convoy.driver.exchange.wire;

import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import java.time.Duration;

/**
 * How the platform under a run lets executors authenticate each other and encrypt what they send.
 */
public interface ChannelSecurity {

  /** A secret that only executors of this run know. */
  String secret();

  /** Prepares for connections. */
  Session open();

  /** Secures the connections of one executor. Channels arrive with automatic reading turned off. */
  interface Session extends AutoCloseable {

    /**
     * Does the callee's part. Called in the channel's event loop.
     *
     * @param secured runs there once both ends have authenticated and installed their ciphers
     */
    void answer(SocketChannel channel, Runnable secured);

    /**
     * Does the caller's part, and returns once both ends have installed their ciphers. Not called
     * in an event loop.
     *
     * @throws RuntimeException if the callee does not authenticate, or does not answer in time
     */
    void call(SocketChannel channel, Duration patience);

    /**
     * Removes its handlers from a channel, except the ciphers. Called in the channel's event loop.
     */
    void removeHandshake(Channel channel);

    /** The most bytes that a channel's cipher takes in one buffer. */
    int longestWrite(Channel channel);

    @Override
    void close();
  }
}
