package org.convoy.driver.exchange.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FrameReaderTest {

  /** Writes down what it hears. */
  private static final class Heard implements FrameReader.Listener {
    private final List<String> words = new ArrayList<>();

    @Override
    public void ready() {
      words.add("ready");
    }

    @Override
    public void delivered() {
      words.add("delivered");
    }

    @Override
    public void failed(String what, Throwable cause) {
      words.add("failed: " + what + ": " + cause);
    }

    @Override
    public void left() {
      words.add("left");
    }

    @Override
    public void aborted(int culprit, String reason) {
      words.add("aborted " + culprit + ": " + reason);
    }

    @Override
    public void wrong(String how) {
      words.add("wrong: " + how);
    }
  }

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Heard heard = new Heard();
  private final FrameReader reader = new FrameReader(channel, heard);

  private static ByteBuf data(int item, byte[] payload) {
    return Unpooled.wrappedBuffer(
        new Frame(Frame.DATA, 7, item, payload.length).encode(), Unpooled.wrappedBuffer(payload));
  }

  /**
   * However the bytes of frames are cut on their way, and whether receives come before or after.
   */
  @Test
  void putsFramesTogetherWhereverTheyWereCut() {
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < 200; round++) {
      ByteBuf stream = Unpooled.buffer();
      List<byte[]> payloads = new ArrayList<>();
      for (int item = 0; item < 5; item++) {
        byte[] payload = new byte[random.nextInt(60)];
        random.nextBytes(payload);
        payloads.add(payload);
        stream.writeBytes(data(item, payload));
      }
      FrameReader each = new FrameReader(channel, heard);
      List<Receive> receives = new ArrayList<>();
      int posted = 0;
      while (stream.isReadable() || posted < 5) {
        if (posted < 5 && random.nextBoolean()) {
          Receive receive = Receive.open(7, posted++, "test");
          receives.add(receive);
          each.post(receive);
          channel.runPendingTasks();
        }
        if (stream.isReadable() && random.nextBoolean()) {
          each.read(stream.readRetainedSlice(1 + random.nextInt(stream.readableBytes())));
        }
      }
      for (int item = 0; item < 5; item++) {
        assertTrue(receives.get(item).done(), "round " + round);
        byte[] payload = payloads.get(item);
        assertEquals(ByteBuffer.wrap(payload), receives.get(item).payload(), "round " + round);
      }
      stream.release();
    }
    assertEquals(List.of("delivered"), heard.words.stream().distinct().toList());
  }

  /**
   * A peer that sends its frame and goodbye before this side looks has kept its word; one that says
   * goodbye without the frame has not.
   */
  @Test
  void knowsWhatAGoodbyeLeavesOpen() {
    Receive delivered = Receive.open(7, 0, "first");
    Receive missing = Receive.open(7, 1, "second");
    reader.read(data(0, new byte[] {1, 2}));
    reader.read(Frame.bye());
    assertFalse(heard.words.contains("left"), "nothing is read before it is asked for");
    reader.post(delivered);
    channel.runPendingTasks();
    assertEquals(List.of("delivered", "left"), heard.words);
    assertFalse(reader.awaits(delivered));
    assertTrue(reader.idle());
    reader.post(missing);
    channel.runPendingTasks();
    assertTrue(reader.awaits(missing));
    assertFalse(missing.done());
  }

  /** Whatever comes: it is refused by name or waits, and takes no memory that was not agreed on. */
  @Test
  void malformedFramesAreRefused() {
    int rounds = Integer.getInteger("exchange.fuzz", 1000);
    long seed = Long.getLong("exchange.fuzz.seed", 20240501);
    SplittableRandom random = new SplittableRandom(seed);
    int[] kinds = {Frame.READY, Frame.DATA, Frame.BYE, Frame.ABORT, 0, -1, 0x43560005};
    int wrong = 0;
    for (int round = 0; round < rounds; round++) {
      Heard each = new Heard();
      FrameReader victim = new FrameReader(channel, each);
      Receive receive = Receive.into(1, 1, "test", ByteBuffer.allocate(100));
      victim.post(receive);
      ByteBuf stream = Unpooled.buffer();
      for (int i = 0; i < 3; i++) {
        stream.writeInt(kinds[random.nextInt(kinds.length)]);
        stream.writeInt(random.nextInt(3)).writeInt(random.nextInt(3));
        stream.writeInt(random.nextBoolean() ? random.nextInt() : random.nextInt(200));
        byte[] payload = new byte[random.nextInt(150)];
        random.nextBytes(payload);
        stream.writeBytes(payload);
      }
      while (stream.isReadable()) {
        victim.read(stream.readRetainedSlice(1 + random.nextInt(stream.readableBytes())));
      }
      long ends = each.words.stream().filter(word -> word.matches("(?s)(wrong|aborted).*")).count();
      assertTrue(ends <= 1, "seed " + seed + ", round " + round + ": " + each.words);
      wrong += ends > 0 ? 1 : 0;
      victim.release();
      assertEquals(1, stream.refCnt(), "seed " + seed + ", round " + round);
      stream.release();
    }
    assertTrue(wrong > rounds / 2, wrong + " of " + rounds);
  }

  /** What uses a frame runs before the frame counts as received. Its failure is not the peer's. */
  @Test
  void aFrameIsUsedBeforeItIsReceived() {
    ByteBuffer place = ByteBuffer.allocate(2);
    List<Boolean> doneThen = new ArrayList<>();
    List<Receive> all = new ArrayList<>();
    all.add(
        Receive.into(
            7,
            0,
            "a chunk",
            place,
            () -> {
              assertEquals(3, place.get(0));
              doneThen.add(all.get(0).done());
            }));
    all.add(
        Receive.into(
            7,
            1,
            "a chunk",
            ByteBuffer.allocate(1),
            () -> {
              throw new IllegalStateException("no memory");
            }));
    all.forEach(reader::post);
    reader.read(data(0, new byte[] {3, 4}));
    assertEquals(List.of(false), doneThen);
    assertTrue(all.get(0).done());
    reader.read(data(1, new byte[] {5}));
    assertFalse(all.get(1).done());
    assertEquals(
        List.of(
            "delivered",
            "failed: a chunk of operation 7: java.lang.IllegalStateException: no memory"),
        heard.words);
  }

  @Test
  void aReasonIsReadToItsEndAndNoFurther() {
    reader.read(Frame.abort(2, "disk full"));
    assertEquals(List.of("aborted 2: disk full"), heard.words);
    reader.read(data(0, new byte[10]));
    assertEquals(1, heard.words.size(), "what comes behind it is dropped");
  }
}
