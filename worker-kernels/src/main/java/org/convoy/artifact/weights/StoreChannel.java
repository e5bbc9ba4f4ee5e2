package org.convoy.artifact.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import org.convoy.artifact.ArtifactStore;
import org.jspecify.annotations.Nullable;

/**
 * A file of a store, read at any position. A move forward skips bytes of the open stream, which
 * file systems do without reading them; a move back opens another stream.
 */
final class StoreChannel implements SeekableByteChannel {
  private final ArtifactStore store;
  private final String path;
  private final long size;
  private @Nullable InputStream in;
  private long streamPosition;
  private long position;
  private boolean open = true;

  StoreChannel(ArtifactStore store, String path) throws IOException {
    this.store = store;
    this.path = path;
    this.size = store.size(path);
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (!open) {
      throw new ClosedChannelException();
    }
    if (position >= size) {
      return -1;
    }
    byte[] piece = new byte[(int) Math.min(target.remaining(), size - position)];
    int got = stream().readNBytes(piece, 0, piece.length);
    target.put(piece, 0, got);
    position += got;
    streamPosition = position;
    return got == 0 && piece.length > 0 ? -1 : got;
  }

  /** The stream, at the channel's position. */
  private InputStream stream() throws IOException {
    InputStream stream = in;
    if (stream == null || streamPosition > position) {
      if (stream != null) {
        stream.close();
      }
      stream = store.open(path);
      in = stream;
      streamPosition = 0;
    }
    stream.skipNBytes(position - streamPosition);
    streamPosition = position;
    return stream;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SeekableByteChannel position(long newPosition) {
    if (newPosition < 0) {
      throw new IllegalArgumentException("position: expected at least 0, got " + newPosition);
    }
    position = newPosition;
    return this;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() throws IOException {
    open = false;
    if (in != null) {
      in.close();
    }
  }

  @Override
  public int write(ByteBuffer source) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long newSize) {
    throw new NonWritableChannelException();
  }
}
