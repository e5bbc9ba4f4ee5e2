package org.convoy.image.codec;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.convoy.image.transform.CounterRandom;

/**
 * Damages image files as transfers, disks and attackers do. File i depends only on the seed and i.
 */
final class Mutations {
  private static final int[] TELLING = {0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff};

  private final List<byte[]> wholes;
  private final long seed;

  Mutations(List<byte[]> wholes, long seed) {
    this.wholes = wholes;
    this.seed = seed;
  }

  byte[] file(int number) {
    CounterRandom random = CounterRandom.ofSeed(seed).split(number);
    byte[] file = wholes.get(random.nextInt(wholes.size())).clone();
    for (int changes = 1 + random.nextInt(4); changes > 0 && file.length > 0; changes--) {
      file = change(file, random);
    }
    // Otherwise most damage to a PNG ends at a check sum.
    return random.chance(0.8) ? withPngSums(file) : file;
  }

  private byte[] change(byte[] file, CounterRandom random) {
    // Headers matter most, so half of the changes go there.
    int at = random.nextInt(random.chance(0.5) ? Math.min(file.length, 64) : file.length);
    int length = Math.min(1 + random.nextInt(32), file.length - at);
    return switch (random.nextInt(8)) {
      case 0 -> Arrays.copyOf(file, at);
      case 1 -> joined(file, at, file, at + length);
      case 2 -> joined(file, at + length, file, at);
      case 3 -> {
        byte[] other = wholes.get(random.nextInt(wholes.size()));
        yield joined(file, at, other, Math.min(at, other.length));
      }
      case 4 -> {
        file[at] ^= (byte) (1 << random.nextInt(8));
        yield file;
      }
      case 5 -> {
        int value = TELLING[random.nextInt(TELLING.length)];
        for (int i = 0; i < Math.min(1 << random.nextInt(3), length); i++) {
          file[at + i] = (byte) (value >> 8 * i);
        }
        yield file;
      }
      case 6 -> {
        Arrays.fill(file, at, at + length, (byte) (random.chance(0.5) ? 0 : 0xff));
        yield file;
      }
      default -> {
        for (int i = 0; i < length; i++) {
          file[at + i] = (byte) random.nextLong();
        }
        yield file;
      }
    };
  }

  /** The first file up to a byte, followed by the second file from a byte on. */
  private static byte[] joined(byte[] first, int to, byte[] second, int from) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(first, 0, to);
    out.write(second, from, second.length - from);
    return out.toByteArray();
  }

  private static byte[] withPngSums(byte[] file) {
    if (file.length < 8 || (file[0] & 0xff) != 0x89) {
      return file;
    }
    ByteBuffer chunks = ByteBuffer.wrap(file);
    int at = 8;
    while (at + 12 <= file.length) {
      int length = chunks.getInt(at);
      if (length < 0 || length > file.length - at - 12) {
        return file;
      }
      CRC32 sum = new CRC32();
      sum.update(file, at + 4, 4 + length);
      chunks.putInt(at + 8 + length, (int) sum.getValue());
      at += 12 + length;
    }
    return file;
  }
}
